// What code under test asks about its process, its machine and its environment.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <sched.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

const bool reprise::internal::answers_processes = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::SurfaceCall;
using reprise::Surfaces;
using Kind = Surfaces::Kind;

constexpr pid_t process_of_every_run = 4'242;
constexpr pid_t parent_of_every_run = 4'241;
constexpr int processors_of_every_run = 2;

/// Whether the world answers.
bool asks(Kind kind, const SurfaceCall& call) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  if (surfaces != nullptr) surfaces->asks(kind, call);
  return surfaces != nullptr;
}

/// Text that may be longer than its room is cut off.
template <std::size_t size>
void put(char (&room)[size], std::string_view text) {  // NOLINT: the C library has such rooms
  text = text.substr(0, size - 1);
  std::memset(room, 0, size);
  std::memcpy(room, text.data(), text.size());
}

void asks_for_variable(const char* name, const char* function, const void* returns_to) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  if (surfaces == nullptr || name == nullptr) return;
  surfaces->asks_directly(Kind::environment, {function, returns_to, name});
}

}  // namespace

extern "C" {

pid_t getpid() noexcept {
  if (asks(Kind::process, REPRISE_CALL("getpid"))) return process_of_every_run;
  return static_cast<pid_t>(syscall(SYS_getpid));
}

pid_t getppid() noexcept {
  if (asks(Kind::process, REPRISE_CALL("getppid"))) return parent_of_every_run;
  return static_cast<pid_t>(syscall(SYS_getppid));
}

pid_t gettid() noexcept {
  if (asks(Kind::process, REPRISE_CALL("gettid"))) return process_of_every_run;
  return static_cast<pid_t>(syscall(SYS_gettid));
}

// Who sends a signal to the number that it was given means itself.
int kill(pid_t process, int signal) noexcept {
  if (reprise::internal::surfaces != nullptr && process == process_of_every_run) {
    process = static_cast<pid_t>(syscall(SYS_getpid));
  }
  return static_cast<int>(syscall(SYS_kill, process, signal));
}

int get_nprocs() noexcept {
  if (asks(Kind::machine, REPRISE_CALL("get_nprocs"))) return processors_of_every_run;
  return REPRISE_PASS_ON(get_nprocs);
}

long sysconf(int name) noexcept {
  const bool is_processors = name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF;
  if (is_processors && asks(Kind::machine, REPRISE_CALL("sysconf"))) {
    return processors_of_every_run;
  }
  return REPRISE_PASS_ON(sysconf, name);
}

int sched_getcpu() noexcept {
  if (asks(Kind::machine, REPRISE_CALL("sched_getcpu"))) return 0;
  return REPRISE_PASS_ON(sched_getcpu);
}

int gethostname(char* name, std::size_t size) noexcept {
  if (!asks(Kind::machine, REPRISE_CALL("gethostname"))) {
    return REPRISE_PASS_ON(gethostname, name, size);
  }
  const std::string_view host = reprise::internal::surfaces->host_name();
  if (host.size() >= size) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(name, host.data(), host.size());
  name[host.size()] = '\0';
  return 0;
}

int uname(utsname* about) noexcept {
  const int result = REPRISE_PASS_ON(uname, about);
  if (result != 0 || !asks(Kind::machine, REPRISE_CALL("uname"))) return result;
  put(about->nodename, reprise::internal::surfaces->host_name());
  put(about->release, "6.1.0");
  put(about->version, "#1");
  return 0;
}

char* getenv(const char* name) noexcept {
  asks_for_variable(name, "getenv", __builtin_return_address(0));
  return REPRISE_PASS_ON(getenv, name);
}

char* secure_getenv(const char* name) noexcept {
  asks_for_variable(name, "secure_getenv", __builtin_return_address(0));
  return REPRISE_PASS_ON(secure_getenv, name);
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
