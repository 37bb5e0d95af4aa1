#include <reprise/replay/cli/build/process.h>

#include <reprise/replay/cli/interrupt.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace reprise {

namespace {

constexpr int tick_ms = 5;

// One program, in a process group of its own, so that its children end with it.
class Process {
 public:
  explicit Process(const ProcessCommand& command) : output_(std::tmpfile()) {
    if (output_ == nullptr) return;
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));  // posix_spawn() changes nothing
    }
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, fileno(output_), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(output_), STDERR_FILENO);
    posix_spawn_file_actions_addclose(&files, fileno(output_));
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (posix_spawn(&pid_, arguments.front(), &files, &attributes, arguments.data(), environ) !=
        0) {
      pid_ = -1;
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&& other) noexcept
      : output_(std::exchange(other.output_, nullptr)), pid_(std::exchange(other.pid_, -1)) {}
  Process& operator=(Process&&) = delete;
  ~Process() {
    if (pid_ > 0) {
      kill(-pid_, SIGTERM);  // compilers remove what they have half written
      int ignored = 0;
      while (waitpid(pid_, &ignored, 0) < 0 && errno == EINTR) {
      }
    }
    if (output_ != nullptr) std::fclose(output_);
  }

  /// Nothing while it runs.
  std::optional<ProcessEnd> end() {
    if (pid_ < 0) return ProcessEnd{.status = 127, .output = {}};
    int status = 0;
    const pid_t pid = waitpid(pid_, &status, WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR)) return std::nullopt;
    pid_ = -1;
    return ProcessEnd{.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                      .output = written()};
  }

 private:
  std::string written() {
    std::string text;
    std::array<char, 4096> bytes;
    std::rewind(output_);
    while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), output_)) {
      text.append(bytes.data(), count);
    }
    return text;
  }

  std::FILE* output_;
  pid_t pid_ = -1;
};

bool is_executable(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::vector<ProcessEnd>> run_processes(const std::vector<ProcessCommand>& commands,
                                                     std::size_t at_once,
                                                     const ProcessEvents& events) {
  std::vector<ProcessEnd> ends(commands.size());
  std::vector<std::pair<std::size_t, Process>> running;  // by the command's index
  for (std::size_t next = 0; next < commands.size() || !running.empty();) {
    if (is_interrupted() || (events.goes_on && !events.goes_on())) return std::nullopt;
    while (next < commands.size() && running.size() < std::max<std::size_t>(at_once, 1)) {
      running.emplace_back(next, Process(commands[next]));
      ++next;
    }
    std::vector<std::pair<std::size_t, Process>> still_running;
    for (auto& [index, process] : running) {
      if (std::optional<ProcessEnd> end = process.end()) {
        ends[index] = *std::move(end);
        if (events.on_end) events.on_end(index, ends[index]);
      } else {
        still_running.emplace_back(index, std::move(process));
      }
    }
    running = std::move(still_running);
    if (!running.empty()) poll(nullptr, 0, tick_ms);
  }
  // An interrupt may have ended a compiler, and been noticed only now.
  if (is_interrupted()) return std::nullopt;
  return ends;
}

ProcessEnd run_process(const ProcessCommand& command) {
  Process process(command);
  for (;;) {
    if (std::optional<ProcessEnd> end = process.end()) return *std::move(end);
    poll(nullptr, 0, tick_ms);
  }
}

std::optional<std::string> find_program(std::string_view name) {
  if (name.find('/') != std::string_view::npos) {
    const std::string path(name);
    return is_executable(path) ? std::optional(path) : std::nullopt;
  }
  const std::string path = environment_value("PATH");
  for (std::string_view rest = path; !name.empty() && !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string folder(end == 0 ? "." : rest.substr(0, end));
    const std::string candidate = folder + '/' + std::string(name);
    if (is_executable(candidate)) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

std::string environment_value(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace reprise
