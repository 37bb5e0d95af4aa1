// WorkerPool: threads that make blocking system calls. Its functions are for one thread, the
// owner's; only the jobs' system calls run on others.
#pragma once

#include <reprise/core/back_end/system_call.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace reprise::internal {

/// One system call, and its place in a list of them. While a pool has it, nothing else may touch
/// it.
struct Job {
  SystemCall call;
  std::int64_t answer = 0;  // once ended: bytes moved, or the negative errno
  Job* previous = nullptr;
  Job* next = nullptr;
  bool is_gathered = false;  // not handed over; for the owner's thread
  bool is_queued = false;    // no thread has begun it; guarded by the pool's mutex
};

/// First in, first out.
class JobList {
 public:
  bool empty() const { return first_ == nullptr; }
  void push(Job& job);
  /// The first; not when empty.
  Job& pop();
  void remove(Job& job);

 private:
  Job* first_ = nullptr;
  Job* last_ = nullptr;
};

class WorkerPool {
 public:
  /// Takes `wake_fd`, a non-blocking eventfd. Starts no thread yet.
  WorkerPool(unsigned threads_max, int wake_fd);
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// REQUIRES: it has no job.
  ~WorkerPool();

  /// Gathers a job.
  void add(Job& job);
  /// Lets the threads have the gathered jobs. If no thread can be started they end with -EAGAIN.
  void hand_over();
  /// Takes a job back that no thread has begun. False if it is too late.
  bool take_back(Job& job);
  /// Those that have ended.
  JobList take_ended();

  /// Makes wake_fd() readable as soon as a job ends, unless one has ended already: then it returns
  /// false.
  bool arm();
  int wake_fd() const { return wake_fd_; }

 private:
  void work();
  bool start_thread();
  void end_all(std::int64_t answer);

  const unsigned threads_max_;
  const int wake_fd_;
  std::vector<std::thread> threads_;
  JobList gathered_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable has_work_;
  JobList queue_;
  JobList ended_;
  std::size_t queued_ = 0;
  std::size_t idle_ = 0;  // threads that wait
  bool is_armed_ = false;
  bool stops_ = false;
};

}  // namespace reprise::internal
