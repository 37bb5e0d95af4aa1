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
  /// Why it is about to die: a signal handler's word, or a broken check's; empty if there was none.
  std::array<char, 1024> note{};
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// How a worker ended.
struct WorkerEnd {
  /// Empty if it has done its work; else what killed it: `SIGSEGV` and the like, `stack overflow`,
  /// `abort`, `exit`, `sanitizer`, `hang`.
  std::string rule;
  /// The same in words, to stand behind "the process ".
  std::string words;

  bool died() const { return !rule.empty(); }
};

/// The worker's side.
class WorkerPort {
 public:
  WorkerPort(WorkerPage& page, int fd) : page_(page), fd_(fd) {}
  /// Of a worker without a process of its own.
  WorkerPort(WorkerPage& page, std::vector<std::string>& records)
      : page_(page), records_(&records) {}

  /// Hands `record` to the supervisor: all of it or, if this process dies first, nothing. Blocks
  /// while the pipe is full.
  void send(std::string_view record);
  /// Shows that this process is alive; cheap.
  void beat() { page_.heartbeats.fetch_add(1, std::memory_order_relaxed); }
  WorkerPage& page() { return page_; }

 private:
  WorkerPage& page_;
  int fd_ = -1;
  std::vector<std::string>* records_ = nullptr;  // instead of the pipe
};

using WorkerBody = std::function<void(WorkerPort& port)>;
using WorkerId = std::uint32_t;

struct WorkerOptions {
  /// A worker that has not beaten for so long is killed, and has died of `hang`.
  std::uint64_t hang_ms = 10'000;
  /// What workers print goes nowhere; else it goes to stderr, stdout too.
  bool silent = false;
  /// Signal handlers of the calling program (a test framework has some) are not for its workers.
  bool drops_handlers = false;
  /// No processes: a worker does all its work within start(), for a debugger. Whatever ends it ends
  /// the calling program, and what it prints is not redirected.
  bool in_this_process = false;
};

/// A record of a worker, or, last of all, its end.
struct WorkerEvent {
  WorkerId worker = 0;
  std::string record;
  std::optional<WorkerEnd> end;
};

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
  /// What has happened since the last call, waiting up to `ms` for the first of it. The pages of
  /// workers whose end is told stay until the next call.
  std::vector<WorkerEvent> wait(std::uint64_t ms);
  WorkerPage& page(WorkerId worker);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs `body` in one worker until it ends, handing its records to `on_record`.
WorkerEnd run_in_worker(const WorkerBody& body, const WorkerOptions& options,
                        const std::function<void(std::string_view record)>& on_record = {});

}  // namespace reprise
