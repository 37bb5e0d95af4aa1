// Worker: a child process that does a part of the work, and may die of the code that it runs. What
// it was at, and what it has found so far, outlives it: its state is in memory shared with the
// supervisor, its results go through a pipe as they are found.
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

/// Shared by a worker and its supervisor; outlives the worker. What position and counters mean is
/// the user's business. The supervisor may write stop_before and nothing else.
struct WorkerPage {
  std::atomic<std::uint64_t> heartbeats{0};
  std::atomic<std::uint64_t> position{0};
  std::atomic<std::uint64_t> stop_before{UINT64_MAX};
  std::array<std::atomic<std::uint64_t>, 8> counters{};
  std::atomic<bool> finished{false};
  /// Calls of fork() by the worker and its children since the last look; see forks.h.
  std::atomic<std::uint32_t> forks{0};
  std::atomic<bool> child_came_back{false};
  /// What it is about to die of, as in WorkerEnd; `none`: its exit status will say.
  std::atomic<Death> death{Death::none};
  std::atomic<int> signal{0};
  /// That death in words; of `none`, why it is about to abort, or nothing.
  std::array<char, 1024> note{};
  /// The calls under way where it died or hung; see call_stack().
  std::array<std::uintptr_t, 64> stack{};
  std::atomic<std::uint64_t> stack_size{0};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// So often a worker must end in the same place from what may have come from outside, until what it
/// ran there is to blame.
inline constexpr std::uint32_t outside_ends_max = 3;

/// What precedes each record in a pipe.
using WorkerRecordSize = std::uint32_t;

/// The worker's side.
class WorkerPort {
 public:
  /// `fd` is the pipe to the supervisor, `output_fd` where captured output goes; -1: there is none.
  WorkerPort(WorkerPage& page, int fd, int output_fd);
  /// For a worker without a process of its own.
  WorkerPort(WorkerPage& page, std::vector<std::string>& records);

  /// Hands `record` to the supervisor: all of it or, if this process dies first, nothing. Blocks
  /// while the pipe is full.
  void send(std::string_view record);
  /// Shows that this process is alive; cheap.
  void beat() {
    page_.heartbeats.fetch_add(1, std::memory_order_relaxed);
    if (has_forked_) look_after_forks();
  }
  /// To be called after each run. A process that code under test has forked, and that comes back to
  /// the harness, does not come back from here (nor from send() or beat()); neither does the worker
  /// whose child came back, whose death is `fork`.
  void after_run();
  /// What this process prints from now on comes with its end, if the pool captures.
  void capture_output();
  WorkerPage& page() { return page_; }
  /// While this is true beat() has more to do than to count: it should come before each event.
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
  /// A worker that has not beaten while it used the processor, or slept, for so long is killed: its
  /// death is `hang` or `blocked`. Time in which it had to wait for a processor does not count.
  std::uint64_t hang_ms = 10'000;
  /// What workers print goes nowhere; else it goes to stderr, stdout too.
  bool silent = false;
  /// What a silent worker prints after capture_output() comes with its end.
  bool captures = false;
  /// Signal handlers of the calling program (a test framework has some) are not for its workers.
  bool drops_handlers = false;
  /// No processes: a worker does all its work within start(), for a debugger. Whatever ends it ends
  /// the calling program, and what it prints is not redirected.
  bool in_this_process = false;
  /// A worker with more resident memory of its own than this is killed: its death is `memory`.
  std::uint64_t memory_bytes_max = UINT64_MAX;
  /// run_in_worker() dismisses its worker when this says true, or at this time of
  /// worker_clock_ms().
  std::function<bool()> stopped = {};
  std::uint64_t deadline_ms = UINT64_MAX;
};

/// A record of a worker, or, last of all, its end.
struct WorkerEvent {
  WorkerId worker = 0;
  std::string record;
  std::optional<WorkerEnd> end;
};

/// A supervisor that has work besides waits this long at most: workers are looked at as often.
inline constexpr std::uint64_t worker_tick_ms = 50;

/// The supervisor's side. Single-threaded: workers are only watched within wait().
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerOptions& options);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Kills who is left.
  ~WorkerPool();

  /// Forks. The child runs `body` and ends; it does not come back from here. Interrupts from the
  /// terminal are left to the supervisor. Nothing if the system has no room for another process.
  std::optional<WorkerId> start(const WorkerBody& body);

  bool empty() const;
  /// Workers that are left at this time of worker_clock_ms() are killed, and were `dismissed`.
  void dismiss_at(std::uint64_t ms);
  /// Whether some worker is held by SIGSTOP or the like.
  bool has_stopped_worker() const;
  /// What has happened since the last call, waiting up to `ms` for the first of it. The pages of
  /// workers whose end is told stay until the next call.
  std::vector<WorkerEvent> wait(std::uint64_t ms);
  WorkerPage& page(WorkerId worker);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs `body` in one worker until it ends, handing its records to `on_record`. A worker that
/// somebody else may have ended is tried again, records and all, up to outside_ends_max times.
WorkerEnd run_in_worker(const WorkerBody& body, const WorkerOptions& options,
                        const std::function<void(std::string_view record)>& on_record = {});

}  // namespace reprise
