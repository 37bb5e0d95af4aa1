// Worker: a child process that does a part of the work, and may die of the code that it runs. Its
// state and its results outlive it: the state is in memory shared with the supervisor, and results
// go through a pipe as they are found.
//
//   WorkerPool pool({.hang_ms = 10'000});
//   pool.start([&](WorkerPort& port) { port.send("a result"); });
//   while (!pool.empty()) {
//     for (const WorkerEvent& event : pool.wait(100)) ...
//   }
#pragma once

#include <reprise/replay/worker/worker_end.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// Shared by a worker and its supervisor; outlives the worker. The meaning of `position` and
/// `counters` is up to the user. The supervisor may write only `stop_before`.
struct WorkerPage {
  std::atomic<std::uint64_t> heartbeats{0};
  std::atomic<std::uint64_t> position{0};
  std::atomic<std::uint64_t> stop_before{UINT64_MAX};
  std::array<std::atomic<std::uint64_t>, 8> counters{};
  std::atomic<bool> finished{false};
  /// The copy of the worker that works in its place; 0: there is none. See WorkerPort::in_copy().
  std::atomic<int> copy{0};
  /// Calls of fork() by the worker and its children since the last look; see forks.h.
  std::atomic<std::uint32_t> forks{0};
  std::atomic<bool> child_came_back{false};
  /// Why the worker is about to die, as in WorkerEnd; `none` if its exit status will tell.
  std::atomic<Death> death{Death::none};
  std::atomic<int> signal{0};
  /// The same in words; for `none`, the failed assertion's text, or nothing.
  std::array<char, 1024> note{};
  /// The calls under way where the worker died or hung; see call_stack().
  std::array<std::uintptr_t, 64> stack{};
  std::atomic<std::uint64_t> stack_size{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// After this many ends in the same place for reasons that may come from outside, the run in that
/// place is blamed.
inline constexpr std::uint32_t outside_ends_max = 3;

/// The size that precedes each record in a pipe.
using WorkerRecordSize = std::uint32_t;

/// The worker's side.
class WorkerPort {
 public:
  /// `fd` is the pipe to the supervisor, `output_fd` receives captured output; -1: there is none.
  WorkerPort(WorkerPage& page, int fd, int output_fd);
  /// For a worker without a process of its own.
  WorkerPort(WorkerPage& page, std::vector<std::string>& records);

  /// Sends `record` to the supervisor: all of it or, if this process dies first, none of it. Blocks
  /// while the pipe is full.
  void send(std::string_view record);
  /// Shows that this process is alive; cheap.
  void beat() {
    page_.heartbeats.fetch_add(1, std::memory_order_relaxed);
    if (has_forked_) look_after_forks();
  }
  /// Must be called after each run. It (like send() and beat()) does not return in a process that
  /// code under test has forked and that came back to the harness, nor in the worker whose child
  /// came back, whose death is `fork`.
  void after_run();
  /// Runs `work` in a copy of this process, which may use this port, and gives the bytes that it
  /// gives. Whatever else it changes is gone with the copy. If the copy dies, so does this process,
  /// likewise. A worker without a process of its own makes no copy.
  std::string in_copy(const std::function<std::string()>& work);
  /// If the pool captures, the output of this process from now on is reported with its end.
  void capture_output();
  WorkerPage& page() { return page_; }
  /// While this is true, beat() should be called before each event, because it then also deals with
  /// forks.
  const volatile bool* has_forked() const { return &has_forked_; }

 private:
  void look_after_forks();

  WorkerPage& page_;
  const volatile bool& has_forked_;
  int pid_;
  int fd_ = -1;
  int output_fd_ = -1;
  std::vector<std::string>* records_ = nullptr;  // instead of the pipe
};

using WorkerBody = std::function<void(WorkerPort& port)>;
using WorkerId = std::uint32_t;

struct WorkerOptions {
  /// A worker that has used the processor, or slept, for this long without a heartbeat is killed:
  /// its death is `hang` or `blocked`. Time spent waiting for a processor does not count.
  std::uint64_t hang_ms = 10'000;
  /// Discards the output of workers; otherwise it goes to stderr, including their stdout.
  bool silent = false;
  /// Reports the output of a silent worker after capture_output() with its end.
  bool captures = false;
  /// Removes the signal handlers of the calling program, such as a test framework's, in its
  /// workers.
  bool drops_handlers = false;
  /// Uses no processes: a worker does all its work within start(), for a debugger. Whatever ends it
  /// ends the calling program, and its output is not redirected.
  bool in_this_process = false;
  /// A worker with more resident memory of its own than this is killed: its death is `memory`.
  std::uint64_t memory_bytes_max = UINT64_MAX;
  /// run_in_worker() dismisses its worker when this returns true, or at this time of
  /// worker_clock_ms().
  std::function<bool()> stopped = {};
  std::uint64_t deadline_ms = UINT64_MAX;
};

/// A record of a worker or, as its last event, its end.
struct WorkerEvent {
  WorkerId worker = 0;
  std::string record;
  std::optional<WorkerEnd> end;
};

/// The longest that a supervisor with other work waits, and the interval at which workers are
/// inspected.
inline constexpr std::uint64_t worker_tick_ms = 50;

/// The supervisor's side. Single-threaded: workers are only watched within wait().
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerOptions& options);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Kills the remaining workers.
  ~WorkerPool();

  /// Forks a worker. The child runs `body` and ends; it does not return from here. Interrupts from
  /// the terminal are left to the supervisor. Nothing if the system cannot create another process.
  std::optional<WorkerId> start(const WorkerBody& body);

  bool empty() const;
  /// Workers that remain at this time of worker_clock_ms() are killed, and end as `dismissed`.
  void dismiss_at(std::uint64_t ms);
  /// Whether some worker is stopped by SIGSTOP or the like.
  bool has_stopped_worker() const;
  /// The events since the last call; waits up to `ms` for the first one. The pages of workers that
  /// ended remain valid until the next call.
  std::vector<WorkerEvent> wait(std::uint64_t ms);
  WorkerPage& page(WorkerId worker);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs `body` in one worker until it ends, handing its records to `on_record`. If something
/// outside may have ended the worker, it is tried again from the start, records included, up to
/// outside_ends_max times.
WorkerEnd run_in_worker(const WorkerBody& body, const WorkerOptions& options,
                        const std::function<void(std::string_view record)>& on_record = {});

}  // namespace reprise
