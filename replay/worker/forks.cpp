#include <reprise/replay/worker/forks.h>

#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/death.h>
#include <reprise/replay/worker/streams.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

namespace reprise {

namespace {

// A child that takes longer is a helper that the code under test wants.
constexpr std::uint64_t settle_ms_max = 1'000;

// Handlers of fork() have no parameter to find these by.
WorkerPage* watched_page = nullptr;
volatile bool has_forked = false;
bool is_child = false;
bool makes_copy = false;
// Each child holds the other end of a pipe until it ends or becomes another program.
std::array<int, forks_max> children{};
std::size_t child_count = 0;
std::array<int, 2> pipe_ends = {-1, -1};

void before_fork() {
  if (makes_copy) return;
  if (watched_page->forks.fetch_add(1) >= forks_max) {
    std::array<char, 100> words;
    std::snprintf(words.data(), words.size(), "called fork() %u times in one run, and was ended",
                  forks_max);
    leave_note(*watched_page, Death::fork, words.data());
    _exit(1);
  }
  if (is_child) return;
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    pipe_ends = {-1, -1};
    return;
  }
  for (int& end : pipe_ends) end = beyond_standard_streams(end);
}

void after_fork_in_worker() {
  if (makes_copy) return;
  has_forked = true;
  if (is_child) return;
  close(pipe_ends[1]);
  children[child_count++] = pipe_ends[0];
}

void after_fork_in_child() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (makes_copy) return;
  has_forked = true;
  if (is_child) return;
  is_child = true;
  close(pipe_ends[0]);
}

}  // namespace

void notice_forks(WorkerPage& page) {
  watched_page = &page;
  pthread_atfork(before_fork, after_fork_in_worker, after_fork_in_child);
}

int fork_copy() {
  makes_copy = true;
  const int pid = fork();
  makes_copy = false;
  return pid;
}

const volatile bool* fork_flag() { return &has_forked; }
bool is_forked_child() { return is_child; }

void end_forked_child() {
  if (watched_page != nullptr) watched_page->child_came_back = true;
  _exit(0);
}

bool settle_forks() {
  const std::uint64_t begun_ms = worker_clock_ms();
  for (; child_count > 0; --child_count) {
    const int fd = children[child_count - 1];
    const std::uint64_t passed_ms = std::min(worker_clock_ms() - begun_ms, settle_ms_max);
    pollfd end{.fd = fd, .events = 0, .revents = 0};
    while (poll(&end, 1, static_cast<int>(settle_ms_max - passed_ms)) < 0 && errno == EINTR) {
    }
    close(fd);
  }
  has_forked = false;
  watched_page->forks = 0;
  return !watched_page->child_came_back;
}

}  // namespace reprise
