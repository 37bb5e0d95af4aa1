
#include <reprise/replay/worker/vitals.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace reprise {

namespace {

// A supervisor that was kept from looking does not take a whole pause for a sleep of its worker.
constexpr std::uint64_t passed_ms_max = 200;
constexpr std::uint64_t gigabyte = std::uint64_t{1} << 30;
constexpr std::uint64_t memory_most = 4 * gigabyte;
constexpr std::uint64_t memory_least = gigabyte;

std::string beginning_of(const std::string& path) {
  std::array<char, 1024> bytes;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ssize_t count = read(fd, bytes.data(), bytes.size());
  close(fd);
  return {bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

// Field `index` of words that single spaces part; 0 if it is no number.
std::uint64_t number_in(std::string_view words, std::size_t index) {
  for (; index > 0; --index) words.remove_prefix(std::min(words.find(' '), words.size() - 1) + 1);
  std::uint64_t value = 0;
  std::from_chars(words.data(), words.data() + words.size(), value);
  return value;
}

std::uint64_t system_memory() {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  const std::uint64_t all = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t limit = number_in(beginning_of("/sys/fs/cgroup/memory.max"), 0);
  return limit > 0 ? std::min(all, limit) : all;
}

}  // namespace

std::optional<VitalSigns> vital_signs_of(int pid) {
  const std::string folder = "/proc/" + std::to_string(pid);
  const std::string stat = beginning_of(folder + "/stat");
  const std::size_t name_end = stat.rfind(") ");  // the name may be anything
  if (name_end == std::string::npos) return std::nullopt;
  const std::string_view fields = std::string_view(stat).substr(name_end + 2);
  if (fields.empty()) return std::nullopt;
  VitalSigns signs;
  signs.state = fields.front();
  constexpr std::size_t user_time = 11;
  constexpr std::size_t system_time = 12;
  const std::uint64_t ticks = number_in(fields, user_time) + number_in(fields, system_time);
  signs.processor_ms = ticks * 1'000 / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  const std::string statm = beginning_of(folder + "/statm");
  const std::uint64_t resident = number_in(statm, 1);
  const std::uint64_t shared = number_in(statm, 2);
  signs.memory_bytes =
      (resident - std::min(resident, shared)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return signs;
}

Watchdog::Verdict Watchdog::look(const VitalSigns& signs, std::uint64_t passed_ms) {
  passed_ms = std::min(passed_ms, passed_ms_max);
  // A process with less has taken the place of the one before.
  if (signs.heartbeats != last_.heartbeats || signs.processor_ms < last_.processor_ms) {
    processor_ms_at_beat_ = signs.processor_ms;
    asleep_ms_ = 0;
  }
  last_ = signs;
  if (signs.state == 'S') asleep_ms_ += passed_ms;
  stopped_ms_ = signs.state == 'T' ? stopped_ms_ + passed_ms : 0;
  if (signs.memory_bytes > memory_bytes_max_) return Verdict::is_too_large;
  if (stopped_ms_ >= silent_ms_max_) return Verdict::is_stopped;
  if (silent_ms() < silent_ms_max_) return Verdict::fine;
  return asleep_ms_ > computed_ms() ? Verdict::sleeps : Verdict::computes;
}

std::uint64_t default_memory_bytes_max(std::uint32_t workers) {
  const std::uint64_t share = system_memory() / 4 * 3 / std::max(workers, std::uint32_t{1});
  return std::clamp(share, memory_least, memory_most);
}

}  // namespace reprise
