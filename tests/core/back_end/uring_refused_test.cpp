#include <reprise/core/back_end/uring.h>

#include <doctest/doctest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

using namespace reprise;

namespace {

constexpr int could_not_forbid = 77;

// Has the kernel answer io_uring_setup() with EPERM in this process, as sandboxes do.
bool forbid_rings() {
  sock_filter rules[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_io_uring_setup},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{4, rules};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int error_in_sandbox() {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!forbid_rings()) ::_exit(could_not_forbid);
    ::_exit(static_cast<int>(make_uring_io().error()));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("back end: a sandbox without io_uring is an error that says so") {
  const int error = error_in_sandbox();
  if (error == could_not_forbid) {
    MESSAGE("nothing tested: this system has no seccomp filters");
    return;
  }
  const IOError expected = is_uring_built_in() ? IOError::not_permitted : IOError::not_implemented;
  CHECK(static_cast<IOError>(error) == expected);
}
