// The engine slurm: job arrays of an existing cluster, whose machines share the fleet's folder. The
// name of an array has the fleet's id, so a fleet that is resumed finds the tasks that are still in
// the queue, and does not run them twice.
#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/cli/interrupt.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/worker/clock.h>

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace reprise {

namespace {

// Slurm's MaxArraySize is 1001 unless the cluster says otherwise.
constexpr std::uint32_t array_max = 1000;
constexpr int tick_ms = 200;
constexpr std::uint64_t ask_every_ms_min = 2000;
constexpr std::uint64_t ask_every_ms_max = 30'000;
// A busy cluster is asked for at most one part in this many of the time.
constexpr std::uint64_t part_for_questions = 10;
// A file system that is shared may show a result only some time after the task has ended.
constexpr std::uint64_t wait_for_files_ms = 5000;
constexpr std::uint64_t wait_for_end_ms = 60'000;

struct Task {
  bool is_pending = false;
  std::string node = {};
};
using Tasks = std::map<std::uint32_t, Task>;  // by the shard's index

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string first_line(std::string_view text) {
  return escaped(text.substr(0, text.find('\n')), 200);
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Array indices as sbatch takes them: 0-2,5.
std::string indices_text(const std::vector<std::uint32_t>& indices) {
  std::string text;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t last = i;
    while (last + 1 < indices.size() && indices[last + 1] == indices[last] + 1) ++last;
    text += fmt::format("{}{}", text.empty() ? "" : ",", indices[i]);
    if (last != i) text += fmt::format("-{}", indices[last]);
    i = last + 1;
  }
  return text;
}

class SlurmRun {
 public:
  SlurmRun(const Fleet& fleet, FleetWatch& watch)
      : fleet_(fleet), watch_(watch), names_(array_names(fleet)) {}

  std::string run(const std::vector<CaseShard>& shards) && {
    for (const std::string_view name : {"sbatch", "squeue", "scancel"}) {
      const std::optional<std::string> path = find_program(name);
      if (!path) return fmt::format("--on slurm: there is no program {} in the PATH", name);
      programs_[name] = *path;
    }
    const Expected<std::string> script = write_shard_script(fleet_);
    if (!script) return script.error();
    const std::optional<Tasks> queued = tasks();
    if (!queued) return "--on slurm: " + error_;
    tasks_ = *queued;
    if (!tasks_.empty()) {
      watch_.say(fmt::format("{} of these are in Slurm's queue already", tasks_.size()));
    }
    if (std::string wrong = submit(shards, script.value()); !wrong.empty()) {
      cancel();
      return wrong;
    }
    wait(shards);
    return {};
  }

 private:
  static std::string array_name(const Fleet& fleet, std::uint32_t first) {
    return fmt::format("reprise-{}-{}", fleet.id, first);
  }
  static std::string array_names(const Fleet& fleet) {
    std::string names;
    for (std::uint32_t first = 0; first < fleet.shards; first += array_max) {
      names += (names.empty() ? "" : ",") + array_name(fleet, first);
    }
    return names;
  }

  // Slurm may take long to answer; meanwhile the folder is looked at, and an interrupt heeded.
  ProcessEnd ended(const ProcessCommand& command) {
    if (is_cancelled_) return run_process(command);
    const auto look = [&] { return watch_.look(); };
    const auto ends = run_processes({command}, 1, {.goes_on = look, .on_end = {}});
    return ends ? ends->front() : ProcessEnd{};
  }

  // Nothing, with a sentence in error_, if Slurm does not answer.
  std::optional<Tasks> tasks() {
    const ProcessEnd end =
        run_process({programs_["squeue"], "--noheader", "--array", "--states=all",
                     "--name=" + names_, "--format=%j|%K|%T|%N"});
    if (!end.ok()) {
      error_ = "squeue says: " + first_line(end.output);
      return std::nullopt;
    }
    const std::string prefix = fmt::format("reprise-{}-", fleet_.id);
    Tasks tasks;
    for (const std::string_view line : split(end.output, '\n')) {
      const std::vector<std::string_view> fields = split(line, '|');
      if (fields.size() != 4 || !fields[0].starts_with(prefix)) continue;
      const auto first = number(fields[0].substr(prefix.size()));
      const auto index = number(fields[1]);
      if (!first || !index) continue;
      const std::string_view state = fields[2];
      const bool is_pending = state == "PENDING" || state.starts_with("REQUEUE");
      const bool is_running = state == "RUNNING" || state == "COMPLETING" ||
                              state == "CONFIGURING" || state == "SUSPENDED" || state == "STOPPED";
      if (!is_pending && !is_running) continue;
      tasks[*first + *index] = {is_pending, is_running ? std::string(fields[3]) : std::string()};
    }
    return tasks;
  }

  std::string submit(const std::vector<CaseShard>& shards, const std::string& script) {
    std::map<std::uint32_t, std::vector<std::uint32_t>> arrays;  // by the index of their first
    for (const CaseShard& shard : shards) {
      if (tasks_.contains(shard.index)) continue;
      const std::uint32_t first = shard.index / array_max * array_max;
      arrays[first].push_back(shard.index - first);
    }
    for (const auto& [first, indices] : arrays) {
      std::string array = indices_text(indices);
      if (fleet_.at_once) array += fmt::format("%{}", *fleet_.at_once);
      // The script knows how many shards there are; an array that is a part does not.
      const std::string wrapped = fmt::format("exec /bin/sh {} $((SLURM_ARRAY_TASK_ID + {}))",
                                              shell_word(script), first + 1);
      const ProcessEnd end =
          run_process({programs_["sbatch"], "--parsable", "--requeue", "--output=/dev/null",
                       "--job-name=" + array_name(fleet_, first), "--array=" + array,
                       fmt::format("--cpus-per-task={}", workers_of(fleet_)), "--wrap=" + wrapped});
      if (!end.ok()) return "--on slurm: sbatch says: " + first_line(end.output);
      for (const std::uint32_t index : indices) tasks_[first + index] = {.is_pending = true};
      watch_.say(fmt::format("submitted {} as job {}", counted_shards(indices.size()),
                             escaped(end.output.substr(0, end.output.find_first_of(";\n")))));
    }
    return {};
  }

  static std::string counted_shards(std::size_t count) {
    return fmt::format("{} shard{}", count, count == 1 ? "" : "s");
  }

  void wait(const std::vector<CaseShard>& shards) {
    std::uint64_t ask_ms = worker_clock_ms() + ask_every_ms_min;
    std::uint64_t gone_ms = 0;  // since when no task is in the queue
    while (watch_.open() != 0) {
      if (is_interrupted() || !watch_.look()) return cancel();
      const std::uint64_t now_ms = worker_clock_ms();
      if (now_ms >= ask_ms) {
        ask();
        const std::uint64_t end_ms = worker_clock_ms();
        ask_ms = end_ms + std::clamp((end_ms - now_ms) * part_for_questions, ask_every_ms_min,
                                     ask_every_ms_max);
        if (!tasks_.empty()) gone_ms = 0;
        if (tasks_.empty() && gone_ms == 0) gone_ms = now_ms;
      }
      if (gone_ms != 0 && now_ms >= gone_ms + wait_for_files_ms) break;
      poll(nullptr, 0, tick_ms);
    }
    watch_.read();
    for (const CaseShard& shard : shards) {
      if (watch_.is_open(shard)) watch_.ended(shard, "it left Slurm's queue without a result");
    }
  }

  // Asks what has become of the tasks. While Slurm does not answer, all stays as it is known.
  void ask() {
    std::optional<Tasks> now = tasks();
    if (is_interrupted() || watch_.failure()) return;
    if (now.has_value() != is_answering_) {
      is_answering_ = now.has_value();
      watch_.say(is_answering_ ? std::string("Slurm answers again")
                               : "Slurm does not answer, and the shards go on; " + error_);
    }
    if (!now) return;
    for (const auto& [index, task] : *now) {
      const auto before = tasks_.find(index);
      if (before == tasks_.end() || before->second.is_pending || !task.is_pending) continue;
      watch_.lost({index, fleet_.shards},
                  fmt::format("it ran on {}; Slurm runs it again", before->second.node));
    }
    tasks_ = *std::move(now);
  }

  // Ends what is in the queue, and waits until the shards have written what they have.
  void cancel() {
    is_cancelled_ = true;
    run_process({programs_["scancel"], "--quiet", "--name=" + names_});
    const std::uint64_t end_ms = worker_clock_ms() + wait_for_end_ms;
    while (worker_clock_ms() < end_ms) {
      const std::optional<Tasks> left = tasks();
      if (left && left->empty()) break;
      poll(nullptr, 0, tick_ms);
    }
    watch_.read();
  }

  const Fleet& fleet_;
  FleetWatch& watch_;
  std::string names_;
  std::map<std::string_view, std::string> programs_;
  Tasks tasks_;
  std::string error_;
  bool is_answering_ = true;
  bool is_cancelled_ = false;
};

std::string run_on_slurm(const Fleet& fleet, const std::vector<CaseShard>& shards,
                         FleetWatch& watch) {
  return SlurmRun(fleet, watch).run(shards);
}

}  // namespace

const Engine slurm_engine{
    .name = "slurm", .summary = "a job array on a Slurm cluster", .run = run_on_slurm};

}  // namespace reprise
