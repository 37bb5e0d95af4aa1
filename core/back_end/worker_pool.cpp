#include <reprise/core/back_end/worker_pool.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace reprise {

void JobList::push(Job& job) {
  job.previous = last_;
  job.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &job;
  last_ = &job;
}

Job& JobList::pop() {
  Job& job = *first_;
  remove(job);
  return job;
}

void JobList::remove(Job& job) {
  (job.previous != nullptr ? job.previous->next : first_) = job.next;
  (job.next != nullptr ? job.next->previous : last_) = job.previous;
}

WorkerPool::WorkerPool(unsigned threads_max, int wake_fd)
    : threads_max_(std::max(threads_max, 1U)), wake_fd_(wake_fd) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    REPRISE_ASSERT(queue_.empty() && ended_.empty(), "a pool that ends has no job");
    stops_ = true;
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  ::close(wake_fd_);
}

void WorkerPool::add(Job& job) {
  job.is_gathered = true;
  gathered_.push(job);
}

void WorkerPool::hand_over() {
  if (gathered_.empty()) return;
  std::unique_lock lock(mutex_);
  while (!gathered_.empty()) {
    Job& job = gathered_.pop();
    job.is_gathered = false;
    job.is_queued = true;
    queue_.push(job);
    ++queued_;
  }
  while (queued_ > idle_ && threads_.size() < threads_max_ && start_thread()) {
    ++idle_;  // it takes a job as soon as it runs
  }
  if (threads_.empty()) return end_all(-EAGAIN);
  const std::size_t wakes = std::min(queued_, idle_);
  lock.unlock();
  for (std::size_t i = 0; i < wakes; ++i) has_work_.notify_one();
}

void WorkerPool::end_all(std::int64_t answer) {
  while (!queue_.empty()) {
    Job& job = queue_.pop();
    job.is_queued = false;
    job.answer = answer;
    ended_.push(job);
  }
  queued_ = 0;
}

bool WorkerPool::take_back(Job& job) {
  if (std::exchange(job.is_gathered, false)) {
    gathered_.remove(job);
    return true;
  }
  const std::lock_guard lock(mutex_);
  if (!std::exchange(job.is_queued, false)) return false;
  queue_.remove(job);
  --queued_;
  return true;
}

JobList WorkerPool::take_ended() {
  const std::lock_guard lock(mutex_);
  is_armed_ = false;
  return std::exchange(ended_, {});
}

bool WorkerPool::arm() {
  const std::lock_guard lock(mutex_);
  is_armed_ = ended_.empty();
  return is_armed_;
}

bool WorkerPool::start_thread() {
  // Signals are for the owner's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  bool is_started = true;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    is_started = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return is_started;
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [&] { return stops_ || !queue_.empty(); });
    if (queue_.empty()) return;
    --idle_;
    Job& job = queue_.pop();
    job.is_queued = false;
    --queued_;
    lock.unlock();
    job.answer = job.call.run();
    lock.lock();
    ended_.push(job);
    ++idle_;
    if (std::exchange(is_armed_, false)) ::eventfd_write(wake_fd_, 1);
  }
}

}  // namespace reprise
