// BlockingIO: I/Os done by blocking system calls on the threads of a WorkerPool.
#pragma once

#include <reprise/core/back_end/open_file.h>
#include <reprise/core/back_end/worker_pool.h>
#include <reprise/core/buffer.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/io.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace reprise::internal {

class BlockingIO final : private Canceller {
 public:
  /// See WorkerPool.
  BlockingIO(CompletionPool& pool, unsigned threads_max, int wake_fd)
      : pool_(pool), workers_(threads_max, wake_fd) {}

  /// `file` may be none: for what is about paths.
  Completion submit(const OpenDescriptor& file, IORequest& request);
  /// Lets the threads have what was submitted.
  void hand_over() { workers_.hand_over(); }
  /// Finishes the completions of what has ended. Returns whether there were any.
  bool finish_ended();
  /// Asks for the end of all; those that a thread has begun go on.
  void cancel_all();
  std::size_t in_flight() const { return flights_.size() - free_.size(); }

  /// See WorkerPool::arm().
  bool arm() { return workers_.arm(); }
  int wake_fd() const { return workers_.wake_fd(); }

 private:
  struct Flight : Job {
    std::uint32_t slot = 0;
    Completion completion;
    OpenDescriptor file;
    std::vector<Buffer> buffers;
  };

  void cancel(const Completion& completion, std::uint64_t token) override;
  /// Gives the slot back, and then finishes the completion.
  void finish(Flight& flight, std::int64_t answer);

  CompletionPool& pool_;
  WorkerPool workers_;
  std::deque<Flight> flights_;  // by slot; they stay where they are
  std::vector<std::uint32_t> free_;
};

}  // namespace reprise::internal
