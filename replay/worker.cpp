#include <reprise/core/check.h>
#include <reprise/replay/worker.h>
#include <reprise/replay/worker_clock.h>
#include <reprise/replay/worker_death.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>
#include <new>
#include <utility>

namespace reprise {

namespace {

using RecordSize = std::uint32_t;
// A worker is looked at at least this often.
constexpr std::uint64_t tick_ms = 50;
// A supervisor that was itself stopped for long does not take its workers' silence for a hang.
constexpr std::uint64_t silence_step_ms_max = 1'000;

WorkerPage* map_page() {
  void* const memory =
      mmap(nullptr, sizeof(WorkerPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) WorkerPage;
}

void unmap_page(WorkerPage* page) {
  page->~WorkerPage();
  munmap(page, sizeof(WorkerPage));
}

void redirect_output(bool silent) {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    if (silent) dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  dup2(STDERR_FILENO, STDOUT_FILENO);
}

void drop_handlers() {
  for (const int signal : {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) {
    std::signal(signal, SIG_DFL);
  }
}

// noexcept: an exception must not get out into the copy of the supervisor's stack.
[[noreturn]] void be_worker(const WorkerBody& body, WorkerPage& page, int fd, pid_t supervisor,
                            const WorkerOptions& options) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  if (options.drops_handlers) drop_handlers();
  redirect_output(options.silent);
  constexpr rlimit no_core{0, 0};  // there may be many deaths; a trace is worth more
  setrlimit(RLIMIT_CORE, &no_core);
  note_death_in(page);
  WorkerPort port(page, fd);
  body(port);
  std::fflush(nullptr);
  page.finished = true;
  _exit(0);
}

}  // namespace

void WorkerPort::send(std::string_view record) {
  if (records_ != nullptr) {
    records_->emplace_back(record);
    beat();
    return;
  }
  std::string bytes(sizeof(RecordSize), '\0');
  const auto size = static_cast<RecordSize>(record.size());
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

struct WorkerPool::Impl {
  struct Child {
    pid_t pid = -1;
    int fd = -1;  // -1 when the pipe has come to its end
    WorkerPage* page = nullptr;
    bool is_here = false;              // it had no process, and its work is done
    std::vector<std::string> records;  // that it has sent then
    std::string received;              // and not yet a whole record
    std::uint64_t heartbeats = 0;
    std::uint64_t silent_ms = 0;
    bool killed_for_silence = false;
    bool ended = false;
  };

  WorkerOptions options;
  std::map<WorkerId, Child> children;
  WorkerId next_id = 1;
  std::uint64_t looked_at_ms = worker_clock_ms();

  WorkerId run_here(const WorkerBody& body, WorkerPage* page);
  void remove_ended();
  void poll_pipes(std::uint64_t ms);
  void receive(WorkerId id, Child& child, std::vector<WorkerEvent>& events);
  void watch_for_hangs();
  bool reap(WorkerId id, Child& child, std::vector<WorkerEvent>& events);
};

WorkerId WorkerPool::Impl::run_here(const WorkerBody& body, WorkerPage* page) {
  Child child;
  child.page = page;
  child.is_here = true;
  WorkerPort port(*page, child.records);
  body(port);
  page->finished = true;
  const WorkerId id = next_id++;
  children.emplace(id, std::move(child));
  return id;
}

void WorkerPool::Impl::remove_ended() {
  std::erase_if(children, [](auto& entry) {
    if (!entry.second.ended) return false;
    unmap_page(entry.second.page);
    return true;
  });
}

void WorkerPool::Impl::poll_pipes(std::uint64_t ms) {
  std::vector<pollfd> pipes;
  bool is_any_closed = false;
  for (const auto& [id, child] : children) {
    if (child.fd >= 0) pipes.push_back({.fd = child.fd, .events = POLLIN, .revents = 0});
    is_any_closed = is_any_closed || child.fd < 0;
  }
  // A closed pipe is followed by the end within a moment, of which poll() knows nothing.
  const auto timeout = static_cast<int>(is_any_closed ? std::uint64_t{1} : std::min(ms, tick_ms));
  poll(pipes.data(), pipes.size(), timeout);
}

void WorkerPool::Impl::receive(WorkerId id, Child& child, std::vector<WorkerEvent>& events) {
  std::array<char, std::size_t{64} << 10> bytes;
  while (child.fd >= 0) {
    const ssize_t count = read(child.fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count <= 0) {
      close(child.fd);
      child.fd = -1;
      break;
    }
    child.received.append(bytes.data(), static_cast<std::size_t>(count));
  }
  std::string_view rest = child.received;
  for (;;) {
    RecordSize size = 0;
    if (rest.size() < sizeof size) break;
    std::memcpy(&size, rest.data(), sizeof size);
    if (rest.size() - sizeof size < size) break;
    events.push_back({id, std::string(rest.substr(sizeof size, size)), std::nullopt});
    rest.remove_prefix(sizeof size + size);
  }
  child.received.erase(0, child.received.size() - rest.size());
}

void WorkerPool::Impl::watch_for_hangs() {
  const std::uint64_t now_ms = worker_clock_ms();
  const std::uint64_t passed_ms = std::min(now_ms - looked_at_ms, silence_step_ms_max);
  looked_at_ms = now_ms;
  for (auto& [id, child] : children) {
    if (child.ended || child.is_here) continue;
    const std::uint64_t heartbeats = child.page->heartbeats;
    child.silent_ms = heartbeats == child.heartbeats ? child.silent_ms + passed_ms : 0;
    child.heartbeats = heartbeats;
    if (child.silent_ms >= options.hang_ms && !child.killed_for_silence) {
      child.killed_for_silence = true;
      kill(child.pid, SIGKILL);
    }
  }
}

bool WorkerPool::Impl::reap(WorkerId id, Child& child, std::vector<WorkerEvent>& events) {
  if (child.is_here) {
    if (child.ended) return true;
    for (std::string& record : child.records) events.push_back({id, std::move(record), {}});
    events.push_back({id, {}, WorkerEnd{}});
    return child.ended = true;
  }
  int status = 0;
  const pid_t pid = waitpid(child.pid, &status, WNOHANG);
  if (pid == 0 || (pid < 0 && errno == EINTR)) return false;
  receive(id, child, events);
  if (child.fd >= 0) close(child.fd);
  child.fd = -1;
  child.ended = true;
  WorkerEnd end = end_from(status, *child.page);
  if (child.killed_for_silence && !child.page->finished) {
    end = {"hang", "showed no sign of life and was killed"};
  }
  events.push_back({id, {}, std::move(end)});
  return true;
}

WorkerPool::WorkerPool(const WorkerOptions& options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
}

WorkerPool::~WorkerPool() {
  for (auto& [id, child] : impl_->children) {
    if (!child.ended && !child.is_here) {
      kill(child.pid, SIGKILL);
      while (waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
      }
      if (child.fd >= 0) close(child.fd);
    }
    unmap_page(child.page);
  }
}

std::optional<WorkerId> WorkerPool::start(const WorkerBody& body) {
  WorkerPage* const page = map_page();
  if (page == nullptr) return std::nullopt;
  if (impl_->options.in_this_process) return impl_->run_here(body, page);
  std::array<int, 2> pipe_ends = {-1, -1};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    unmap_page(page);
    return std::nullopt;
  }
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t supervisor = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    close(pipe_ends[0]);
    for (const auto& [id, child] : impl_->children) {
      if (child.fd >= 0) close(child.fd);
    }
    be_worker(body, *page, pipe_ends[1], supervisor, impl_->options);
  }
  close(pipe_ends[1]);
  if (pid < 0) {
    close(pipe_ends[0]);
    unmap_page(page);
    return std::nullopt;
  }
  fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);
  Impl::Child child;
  child.pid = pid;
  child.fd = pipe_ends[0];
  child.page = page;
  const WorkerId id = impl_->next_id++;
  impl_->children.emplace(id, std::move(child));
  return id;
}

bool WorkerPool::empty() const {
  return std::ranges::all_of(impl_->children, [](const auto& entry) { return entry.second.ended; });
}

std::vector<WorkerEvent> WorkerPool::wait(std::uint64_t ms) {
  impl_->remove_ended();
  std::vector<WorkerEvent> events;
  const std::uint64_t until_ms = worker_clock_ms() + ms;
  for (;;) {
    const std::uint64_t now_ms = worker_clock_ms();
    impl_->poll_pipes(until_ms > now_ms ? until_ms - now_ms : 0);
    for (auto& [id, child] : impl_->children) {
      if (!impl_->reap(id, child, events)) impl_->receive(id, child, events);
    }
    impl_->watch_for_hangs();
    if (!events.empty()) return events;
    if (impl_->children.empty() || worker_clock_ms() >= until_ms) return events;
  }
}

WorkerPage& WorkerPool::page(WorkerId worker) {
  const auto found = impl_->children.find(worker);
  REPRISE_CHECK(found != impl_->children.end(), "the page of a worker that is long gone");
  return *found->second.page;
}

WorkerEnd run_in_worker(const WorkerBody& body, const WorkerOptions& options,
                        const std::function<void(std::string_view record)>& on_record) {
  WorkerPool pool(options);
  if (!pool.start(body)) return {"no process", "could not be started"};
  for (;;) {
    for (const WorkerEvent& event : pool.wait(tick_ms)) {
      if (event.end) return *event.end;
      if (on_record) on_record(event.record);
    }
  }
}

}  // namespace reprise
