#include <reprise/replay/worker/worker.h>

#include <reprise/core/assert.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/death.h>
#include <reprise/replay/worker/forks.h>
#include <reprise/replay/worker/streams.h>
#include <reprise/replay/worker/vitals.h>

#include <fmt/format.h>

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

using RecordSize = WorkerRecordSize;
// Vital signs are read at most this often.
constexpr std::uint64_t vitals_every_ms = 20;
constexpr std::uint64_t shown_stop_ms = 1'000;

WorkerPage* map_page() {
  void* const memory =
      mmap(nullptr, sizeof(WorkerPage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? nullptr : new (memory) WorkerPage;
}

void unmap_page(WorkerPage* page) {
  page->~WorkerPage();
  munmap(page, sizeof(WorkerPage));
}

void drop_handlers() {
  for (const int signal : {SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGSEGV}) {
    std::signal(signal, SIG_DFL);
  }
}

// noexcept: an exception must not get out into the copy of the supervisor's stack.
[[noreturn]] void be_worker(const WorkerBody& body, WorkerPage& page, std::array<int, 2> fds,
                            pid_t supervisor, const WorkerOptions& options) noexcept {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(0);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  if (options.drops_handlers) drop_handlers();
  redirect_standard_streams(options.silent);
  constexpr rlimit no_core{0, 0};  // there may be many deaths; a trace is worth more
  setrlimit(RLIMIT_CORE, &no_core);
  note_death_in(page);
  notice_forks(page);
  WorkerPort port(page, fds[0], fds[1]);
  body(port);
  port.after_run();
  std::fflush(nullptr);
  page.finished = true;
  _exit(0);
}

}  // namespace

// The two ends of a pipe, none of them a standard stream; -1 if the system has no room.
std::array<int, 2> make_pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {-1, -1};
  for (int& end : ends) end = beyond_standard_streams(end);
  return ends;
}

void close_if_open(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

std::string in_seconds(std::uint64_t ms) {
  return ms % 1000 == 0 ? fmt::format("{} s", ms / 1000) : fmt::format("{} ms", ms);
}

std::string in_megabytes(std::uint64_t bytes) { return fmt::format("{} MB", bytes >> 20U); }

struct WorkerPool::Impl {
  struct Child {
    Child(pid_t id, WorkerPage* shared, const WorkerOptions& options)
        : pid(id), page(shared), watchdog(options.hang_ms, options.memory_bytes_max) {}

    pid_t pid;
    int fd = -1;         // -1 when the pipe has come to its end
    int output_fd = -1;  // likewise
    WorkerPage* page;
    bool is_here = false;              // it had no process, and its work is done
    std::vector<std::string> records;  // that it has sent then
    std::string received;              // and not yet a whole record
    ShortenedText output;
    Watchdog watchdog;
    WorkerEnd killed_for;  // if the supervisor killed it
    bool ended = false;
  };

  WorkerOptions options;
  std::map<WorkerId, Child> children;
  WorkerId next_id = 1;
  std::uint64_t looked_at_ms = worker_clock_ms();
  std::uint64_t dismiss_at_ms = UINT64_MAX;
  // For reading; a stack may be small.
  std::vector<char> bytes = std::vector<char>(std::size_t{64} << 10);

  WorkerId run_here(const WorkerBody& body, WorkerPage* page);
  void remove_ended();
  void poll_pipes(std::uint64_t ms);
  void receive(WorkerId id, Child& child, std::vector<WorkerEvent>& events);
  void receive_output(Child& child);
  void watch();
  void look_at(Child& child, std::uint64_t passed_ms);
  static void end(Child& child, Death death, std::string words);
  bool reap(WorkerId id, Child& child, std::vector<WorkerEvent>& events);
};

WorkerId WorkerPool::Impl::run_here(const WorkerBody& body, WorkerPage* page) {
  Child child(-1, page, options);
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
    for (const int fd : {child.fd, child.output_fd}) {
      if (fd >= 0) pipes.push_back({.fd = fd, .events = POLLIN, .revents = 0});
    }
    is_any_closed = is_any_closed || child.fd < 0;
  }
  // A closed pipe is followed by the end within a moment, of which poll() knows nothing.
  const auto timeout =
      static_cast<int>(is_any_closed ? std::uint64_t{1} : std::min(ms, worker_tick_ms));
  poll(pipes.data(), pipes.size(), timeout);
}

void WorkerPool::Impl::receive(WorkerId id, Child& child, std::vector<WorkerEvent>& events) {
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

void WorkerPool::Impl::receive_output(Child& child) {
  // Whoever prints without an end must not keep the supervisor from anything else.
  constexpr int reads_max = 16;
  for (int reads = 0; child.output_fd >= 0 && reads < reads_max; ++reads) {
    const ssize_t count = read(child.output_fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return close_if_open(child.output_fd);
    child.output.append({bytes.data(), static_cast<std::size_t>(count)});
  }
}

void WorkerPool::Impl::watch() {
  const std::uint64_t now_ms = worker_clock_ms();
  const std::uint64_t passed_ms = now_ms - looked_at_ms;
  if (passed_ms < vitals_every_ms && now_ms < dismiss_at_ms) return;
  looked_at_ms = now_ms;
  for (auto& [id, child] : children) {
    if (child.ended || child.is_here || child.killed_for.died()) continue;
    look_at(child, passed_ms);
    if (now_ms < dismiss_at_ms || child.killed_for.died()) continue;
    end(child, Death::dismissed, "was ended before its time");
  }
}

void WorkerPool::Impl::look_at(Child& child, std::uint64_t passed_ms) {
  const int copy = child.page->copy;
  const int works = copy != 0 ? copy : child.pid;
  std::optional<VitalSigns> signs = vital_signs_of(works);
  if (!signs) return;
  signs->heartbeats = child.page->heartbeats;
  const Watchdog::Verdict verdict = child.watchdog.look(*signs, passed_ms);
  const std::string limit = in_seconds(options.hang_ms);
  const bool hangs = verdict == Watchdog::Verdict::computes || verdict == Watchdog::Verdict::sleeps;
  if (hangs) ask_for_stack(works, *child.page);
  switch (verdict) {
    case Watchdog::Verdict::fine: break;
    case Watchdog::Verdict::computes:
      return end(child, Death::hang,
                 "used the processor for " + limit +
                     " without coming to the run's next event, and was ended");
    case Watchdog::Verdict::sleeps:
      return end(child, Death::blocked,
                 "slept for " + limit + " of real time in the middle of a run, and was ended");
    case Watchdog::Verdict::is_stopped:
      return end(child, Death::stopped, "was stopped (SIGSTOP) and did not go on for " + limit);
    case Watchdog::Verdict::is_too_large:
      return end(
          child, Death::memory,
          fmt::format("used {} of memory, and was ended: the limit is {}",
                      in_megabytes(signs->memory_bytes), in_megabytes(options.memory_bytes_max)));
  }
}

void WorkerPool::Impl::end(Child& child, Death death, std::string words) {
  child.killed_for = {
      .death = death, .words = std::move(words), .silent_ms = child.watchdog.silent_ms()};
  kill(child.pid, SIGKILL);
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
  receive_output(child);
  close_if_open(child.fd);
  close_if_open(child.output_fd);
  child.ended = true;
  WorkerEnd end = end_from(status, *child.page);
  if (child.killed_for.died() && end.signal == SIGKILL) {
    child.killed_for.stack = std::move(end.stack);
    end = std::move(child.killed_for);
  }
  end.output = child.output.text();
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
      close_if_open(child.fd);
      close_if_open(child.output_fd);
    }
    unmap_page(child.page);
  }
}

std::optional<WorkerId> WorkerPool::start(const WorkerBody& body) {
  WorkerPage* const page = map_page();
  if (page == nullptr) return std::nullopt;
  const WorkerOptions& options = impl_->options;
  if (options.in_this_process) return impl_->run_here(body, page);
  std::array<int, 2> records = make_pipe();
  std::array<int, 2> output = {-1, -1};
  if (options.captures) output = make_pipe();
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t supervisor = getpid();
  const pid_t pid = records[1] < 0 ? -1 : fork();
  if (pid == 0) {
    close_if_open(records[0]);
    close_if_open(output[0]);
    for (auto& [id, child] : impl_->children) {
      close_if_open(child.fd);
      close_if_open(child.output_fd);
    }
    be_worker(body, *page, {records[1], output[1]}, supervisor, options);
  }
  close_if_open(records[1]);
  close_if_open(output[1]);
  if (pid < 0) {
    close_if_open(records[0]);
    close_if_open(output[0]);
    unmap_page(page);
    return std::nullopt;
  }
  Impl::Child child(pid, page, options);
  child.fd = records[0];
  child.output_fd = output[0];
  for (const int fd : {child.fd, child.output_fd}) {
    if (fd >= 0) fcntl(fd, F_SETFL, O_NONBLOCK);
  }
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
      if (impl_->reap(id, child, events)) continue;
      impl_->receive(id, child, events);
      impl_->receive_output(child);
    }
    impl_->watch();
    if (!events.empty()) return events;
    if (impl_->children.empty() || worker_clock_ms() >= until_ms) return events;
  }
}

WorkerPage& WorkerPool::page(WorkerId worker) {
  const auto found = impl_->children.find(worker);
  REPRISE_ASSERT(found != impl_->children.end(), "the page of a worker that is long gone");
  return *found->second.page;
}

void WorkerPool::dismiss_at(std::uint64_t ms) { impl_->dismiss_at_ms = ms; }

bool WorkerPool::has_stopped_worker() const {
  return std::ranges::any_of(impl_->children, [](const auto& entry) {
    return !entry.second.ended && entry.second.watchdog.stopped_ms() >= shown_stop_ms;
  });
}

namespace {

WorkerEnd run_once(const WorkerBody& body, const WorkerOptions& options,
                   const std::function<void(std::string_view record)>& on_record) {
  WorkerPool pool(options);
  pool.dismiss_at(options.deadline_ms);
  if (!pool.start(body)) return {Death::not_started, 0, "could not be started"};
  for (;;) {
    for (const WorkerEvent& event : pool.wait(worker_tick_ms)) {
      if (event.end) return *event.end;
      if (on_record) on_record(event.record);
    }
    if (options.stopped && options.stopped()) pool.dismiss_at(0);
  }
}

}  // namespace

WorkerEnd run_in_worker(const WorkerBody& body, const WorkerOptions& options,
                        const std::function<void(std::string_view record)>& on_record) {
  WorkerEnd end;
  for (std::uint32_t tries = 0; tries < outside_ends_max; ++tries) {
    end = run_once(body, options, on_record);
    if (!end.may_come_from_outside()) break;
  }
  return end;
}

}  // namespace reprise
