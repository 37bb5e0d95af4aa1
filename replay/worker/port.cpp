// The worker's side.
#include <reprise/replay/worker/death.h>
#include <reprise/replay/worker/forks.h>
#include <reprise/replay/worker/streams.h>
#include <reprise/replay/worker/worker.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace reprise {

namespace {

constexpr volatile bool never = false;

// Not by the library's function, which code under test may have in another form.
int own_pid() { return static_cast<int>(syscall(SYS_getpid)); }

}  // namespace

WorkerPort::WorkerPort(WorkerPage& page, int fd, int output_fd)
    : page_(page), has_forked_(*fork_flag()), pid_(own_pid()), fd_(fd), output_fd_(output_fd) {}

WorkerPort::WorkerPort(WorkerPage& page, std::vector<std::string>& records)
    : page_(page), has_forked_(never), pid_(own_pid()), records_(&records) {}

void WorkerPort::send(std::string_view record) {
  if (records_ != nullptr) {
    records_->emplace_back(record);
    beat();
    return;
  }
  after_run();
  std::string bytes(sizeof(WorkerRecordSize), '\0');
  const auto size = static_cast<WorkerRecordSize>(record.size());
  std::memcpy(bytes.data(), &size, sizeof size);
  bytes += record;
  for (std::string_view rest = bytes; !rest.empty();) {
    const ssize_t written = write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) _exit(1);  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  beat();
}

void WorkerPort::after_run() {
  // A child that was not made by fork() but by a bare system call is known by its id alone.
  if (has_forked_ || (records_ == nullptr && own_pid() != pid_)) look_after_forks();
}

void WorkerPort::look_after_forks() {
  if (is_forked_child() || own_pid() != pid_) end_forked_child();
  if (settle_forks()) return;
  leave_note(page_, Death::fork, "called fork(), and the child came back into the scenario's run");
  _exit(1);
}

void WorkerPort::capture_output() {
  if (output_fd_ >= 0) redirect_output_to(output_fd_);
}

}  // namespace reprise
