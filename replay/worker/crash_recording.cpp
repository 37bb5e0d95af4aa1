#include <reprise/replay/worker/crash_recording.h>

#include <reprise/sim/plan/identity.h>

#include <sys/mman.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

// One line each: `base 1`, `2 client/write(wal)#3/error`, `+ client/write(wal)#3/delivery` when it
// is enabled and `> client/write(wal)#3/delivery` when it takes place.
constexpr std::string_view base_word = "base ";
constexpr std::string_view enabled_word = "+ ";
constexpr std::string_view event_word = "> ";

class CrashRecorder final : public Strategy {
 public:
  CrashRecorder(Strategy& inner, int fd) : inner_(inner), fd_(fd) {}

  void begin(const Names& names) override {
    names_ = &names;
    inner_.begin(names);
    written_ = 0;
    earliest_timer_ = {};
    if (ftruncate(fd_, 0) != 0) return;
    append(std::string(base_word) + (inner_.base() == Base::lazy ? "1" : "0"));
  }

  Base base() const override { return inner_.base(); }
  DecisionKinds active() const override { return inner_.active(); }

  std::uint32_t choose(Decision decision) override {
    const std::uint32_t value = inner_.choose(decision);
    if (value != 0) append(std::to_string(value) + ' ' + to_string(*names_, decision.identity));
    return value;
  }

  void enable(Event event) override {
    inner_.enable(event);
    append(enabled_word, event.identity);
  }

  std::size_t forget(const IsGone& is_gone) override {
    earliest_timer_ = {};
    return inner_.forget(is_gone);
  }

  Event next(const Timers& timers) override {
    if (!timers.earliest.none() && !(timers.earliest.identity == earliest_timer_)) {
      earliest_timer_ = timers.earliest.identity;
      append(enabled_word, earliest_timer_);
    }
    const Event event = inner_.next(timers);
    if (!event.none()) append(event_word, event.identity);
    return event;
  }

 private:
  void append(std::string_view word, const Identity& identity) {
    append(std::string(word) + to_string(*names_, identity));
  }
  void append(std::string line) {
    line += '\n';
    const ssize_t count = pwrite(fd_, line.data(), line.size(), written_);
    if (count > 0) written_ += count;
  }

  Strategy& inner_;
  int fd_;
  const Names* names_ = nullptr;
  Identity earliest_timer_;  // the last one noted
  off_t written_ = 0;
};

std::string content_of(int fd) {
  std::string content;
  std::vector<char> bytes(std::size_t{64} << 10);  // a stack may be small
  for (off_t at = 0;;) {
    const ssize_t count = pread(fd, bytes.data(), bytes.size(), at);
    if (count <= 0) return content;
    content.append(bytes.data(), static_cast<std::size_t>(count));
    at += count;
  }
}

void take_line(std::string_view line, Plan& plan, std::vector<std::string>& enabled) {
  if (line.starts_with(base_word)) {
    plan.base = line.ends_with('1') ? Base::lazy : Base::sync;
  } else if (line.starts_with(enabled_word)) {
    enabled.emplace_back(line.substr(enabled_word.size()));
  } else if (line.starts_with(event_word)) {
    plan.order.emplace_back(line.substr(event_word.size()));
  } else {
    PlannedDecision decision;
    const char* const end = line.data() + line.size();
    const auto [rest, error] = std::from_chars(line.data(), end, decision.value);
    if (error != std::errc() || rest == end) return;
    decision.identity.assign(rest + 1, end);
    plan.decisions.push_back(std::move(decision));
  }
}

}  // namespace

CrashRecording::CrashRecording() : fd_(memfd_create("reprise-recording", MFD_CLOEXEC)) {}

CrashRecording::~CrashRecording() {
  if (fd_ >= 0) close(fd_);
}

std::unique_ptr<Strategy> CrashRecording::recorder(Strategy& inner) {
  return std::make_unique<CrashRecorder>(inner, fd_);
}

CrashRecording::Recorded CrashRecording::recorded() const {
  Plan plan;
  std::vector<std::string> enabled;
  const std::string content = content_of(fd_);
  std::string_view rest = content;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    take_line(rest.substr(0, end), plan, enabled);
    rest.remove_prefix(end + 1);
  }
  std::vector<std::string> happened = plan.order;
  std::set<std::string, std::less<>> listed(happened.begin(), happened.end());
  for (std::string& identity : enabled) {
    if (listed.insert(identity).second) plan.order.push_back(std::move(identity));
  }
  return {std::move(plan), std::move(happened)};
}

}  // namespace reprise
