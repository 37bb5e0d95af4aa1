// The C library's calls that wait until one of several descriptors is ready, or until a time. Those
// of the world's sockets park foreign code; the time of the others passes at once.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <span>

const bool reprise::internal::answers_polls = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::Descriptors;
using reprise::Instant;
using reprise::SurfaceCall;
using reprise::Surfaces;

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t millisecond_ns = 1'000'000;
constexpr std::uint64_t microsecond_ns = 1'000;

Surfaces* answering() { return reprise::internal::surfaces; }

// Looks without waiting; where nothing is there, the time passes at once. Negative: waits for good.
template <class Look>
int wait_for_ready(Surfaces& surfaces, int timeout_ms, const SurfaceCall& call, Look look) {
  const int ready = look(0);
  if (ready != 0 || timeout_ms == 0) return ready;
  if (timeout_ms < 0) return look(timeout_ms);
  surfaces.sleep(call, static_cast<std::uint64_t>(timeout_ms) * millisecond_ns);
  return 0;
}

int look_at_all(Descriptors& world, std::span<pollfd> asked) {
  int ready = 0;
  for (pollfd& each : asked) {
    each.revents = 0;
    if (world.has(each.fd)) {
      each.revents = world.look(each);
    } else if (each.fd >= 0) {
      constexpr timespec no_time{};
      syscall(SYS_ppoll, &each, 1, &no_time, nullptr, 0);
    }
    if (each.revents != 0) ++ready;
  }
  return ready;
}

/// Nothing as `timeout_ns`: for good.
int poll_in_world(Surfaces& surfaces, std::span<pollfd> asked,
                  std::optional<std::uint64_t> timeout_ns, const SurfaceCall& call) {
  Descriptors& world = surfaces.descriptors();
  std::optional<Instant> until;
  if (timeout_ns) until = surfaces.instant_in(*timeout_ns);
  for (;;) {
    const int ready = look_at_all(world, asked);
    if (ready != 0 || timeout_ns == 0U) return ready;
    if (until && surfaces.is_over(*until)) return 0;
    if (world.wait(asked, until)) continue;
    if (!timeout_ns) {
      surfaces.refuses(Surfaces::Kind::wait, call);
      errno = EDEADLK;
      return -1;
    }
    surfaces.sleep(call, *timeout_ns);
    return 0;
  }
}

bool has_any(const Descriptors& world, std::span<const pollfd> asked) {
  return std::ranges::any_of(asked, [&](const pollfd& each) { return world.has(each.fd); });
}

}  // namespace

extern "C" {

int poll(pollfd* fds, nfds_t count, int timeout_ms) {
  const auto look = [&](int ms) { return REPRISE_PASS_ON(poll, fds, count, ms); };
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return look(timeout_ms);
  const SurfaceCall call = REPRISE_CALL("poll");
  const std::span asked(fds, count);
  if (!has_any(surfaces->descriptors(), asked)) {
    return wait_for_ready(*surfaces, timeout_ms, call, look);
  }
  std::optional<std::uint64_t> timeout_ns;
  if (timeout_ms >= 0) timeout_ns = static_cast<std::uint64_t>(timeout_ms) * millisecond_ns;
  return poll_in_world(*surfaces, asked, timeout_ns, call);
}

int epoll_wait(int epoll, epoll_event* events, int max, int timeout_ms) {
  const auto look = [&](int ms) { return REPRISE_PASS_ON(epoll_wait, epoll, events, max, ms); };
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return look(timeout_ms);
  return wait_for_ready(*surfaces, timeout_ms, REPRISE_CALL("epoll_wait"), look);
}

int select(int count, fd_set* readable, fd_set* writable, fd_set* other, timeval* timeout) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || timeout == nullptr || count != 0) {
    return REPRISE_PASS_ON(select, count, readable, writable, other, timeout);
  }
  const auto seconds = static_cast<std::uint64_t>(timeout->tv_sec);
  const auto microseconds = static_cast<std::uint64_t>(timeout->tv_usec);
  surfaces->sleep(REPRISE_CALL("select"), seconds * second_ns + microseconds * microsecond_ns);
  *timeout = {};
  return 0;
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
