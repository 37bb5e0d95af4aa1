// The worker's side.
#include <reprise/replay/worker/death.h>
#include <reprise/replay/worker/forks.h>
#include <reprise/replay/worker/streams.h>
#include <reprise/replay/worker/worker.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

namespace reprise {

namespace {

constexpr volatile bool never = false;

// Not by the library's function, which code under test may have in another form.
int own_pid() { return static_cast<int>(syscall(SYS_getpid)); }

/// False: nobody reads any more.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string read_all(int fd) {
  std::string bytes;
  std::array<char, 4096> part{};
  for (;;) {
    const ssize_t count = read(fd, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(part.data(), static_cast<std::size_t>(count));
  }
}

/// Ends this process as the one with this status of waitpid() has ended.
[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    const rlimit none{};
    setrlimit(RLIMIT_CORE, &none);  // the copy has left one
    static_cast<void>(signal(WTERMSIG(status), SIG_DFL));
    kill(own_pid(), WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

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
  if (!write_all(fd_, bytes)) _exit(1);  // nobody listens any more
  beat();
}

std::string WorkerPort::in_copy(const std::function<std::string()>& work) {
  if (records_ != nullptr) return work();
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) _exit(1);
  for (int& end : ends) end = beyond_standard_streams(end);
  beat();
  const int copy = fork_copy();
  if (copy == 0) {
    pid_ = own_pid();
    close(ends[0]);
    const std::string bytes = work();
    after_run();
    _exit(write_all(ends[1], bytes) ? 0 : 1);
  }
  close(ends[1]);
  page_.copy = copy;
  beat();
  std::string bytes = read_all(ends[0]);
  close(ends[0]);
  int status = -1;
  while (copy > 0 && waitpid(copy, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) end_like(status);
  beat();
  page_.copy = 0;
  beat();
  return bytes;
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
