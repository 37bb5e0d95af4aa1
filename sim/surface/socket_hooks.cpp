// The socket calls of the C library, answered by the world's network for the sockets that code
// under test makes while the scenario has sim.sockets(). All other descriptors are the system's.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

const bool reprise::internal::answers_sockets = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::Descriptors;
using reprise::Surfaces;

/// Null: the descriptor is the system's.
Descriptors* world_of(int fd) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  if (surfaces == nullptr || !surfaces->descriptors().has(fd)) return nullptr;
  return &surfaces->descriptors();
}

int fail(int error) {
  errno = error;
  return -1;
}

/// The wait that a call of a blocking socket wants cannot be: nothing else would run meanwhile.
template <class Call>
auto told(const reprise::SurfaceCall& about, int fd, Descriptors& world, Call call) {
  const auto result = call();
  const bool would_wait = errno == EAGAIN || errno == EINPROGRESS;
  if (result < 0 && would_wait && world.blocks(fd)) {
    reprise::internal::surfaces->refuses(Surfaces::Kind::wait, about);
  }
  return result;
}

std::span<std::byte> bytes_at(void* at, std::size_t size) {
  return {static_cast<std::byte*>(at), size};
}
std::span<const std::byte> bytes_at(const void* at, std::size_t size) {
  return {static_cast<const std::byte*>(at), size};
}

std::optional<sockaddr_in> address_at(const sockaddr* address, socklen_t size) {
  sockaddr_in copy{};
  if (address == nullptr || size < sizeof copy || address->sa_family != AF_INET) return {};
  std::memcpy(&copy, address, sizeof copy);
  return copy;
}

/// As much of it as there is room for.
int put(const sockaddr_in& address, sockaddr* to, socklen_t* size) {
  if (to == nullptr || size == nullptr) return 0;
  sockaddr_in full = address;
  full.sin_family = AF_INET;
  std::memcpy(to, &full, std::min<std::size_t>(*size, sizeof full));
  *size = sizeof full;
  return 0;
}

ssize_t receive_from(Descriptors& world, int fd, std::span<std::byte> into, int flags,
                     const reprise::SurfaceCall& about) {
  const bool may_block = (flags & MSG_DONTWAIT) == 0;
  const auto call = [&] { return world.receive(fd, into, may_block, (flags & MSG_PEEK) != 0); };
  return may_block ? told(about, fd, world, call) : call();
}

ssize_t send_to(Descriptors& world, int fd, std::span<const std::byte> bytes, int flags,
                const reprise::SurfaceCall& about) {
  const bool may_block = (flags & MSG_DONTWAIT) == 0;
  const auto call = [&] { return world.send(fd, bytes, may_block); };
  return may_block ? told(about, fd, world, call) : call();
}

/// The first part that has bytes: a call may always move fewer than all.
iovec first_of(const iovec* parts, std::size_t count) {
  const iovec* const end = parts + count;
  const iovec* const first =
      std::find_if(parts, end, [](const iovec& part) { return part.iov_len != 0; });
  return first == end ? iovec{nullptr, 0} : *first;
}

int accept_from(Descriptors& world, int fd, sockaddr* address, socklen_t* size, int flags,
                const reprise::SurfaceCall& about) {
  if (!world.listens(fd)) return fail(EINVAL);
  const int made =
      told(about, fd, world, [&] { return world.accept(fd, (flags & SOCK_NONBLOCK) == 0); });
  if (made >= 0) put(world.peer_address(made), address, size);
  return made;
}

int control(Descriptors& world, int fd, int command, long argument) {
  switch (command) {
    case F_GETFL: return O_RDWR | (world.blocks(fd) ? 0 : O_NONBLOCK);
    case F_SETFL: world.set_blocks(fd, (argument & O_NONBLOCK) == 0); return 0;
    case F_GETFD: return FD_CLOEXEC;
    case F_SETFD: return 0;
    default: return fail(EINVAL);
  }
}

int option(Descriptors& world, int fd, int name) {
  switch (name) {
    case SO_ERROR: return world.take_error(fd);
    case SO_TYPE: return SOCK_STREAM;
    case SO_DOMAIN: return AF_INET;
    case SO_PROTOCOL: return IPPROTO_TCP;
    case SO_ACCEPTCONN: return world.listens(fd) ? 1 : 0;
    case SO_SNDBUF:
    case SO_RCVBUF: return 1 << 16;
    default: return 0;
  }
}

}  // namespace

#define REPRISE_ARGUMENT(last)          \
  long argument = 0;                    \
  {                                     \
    va_list arguments;                  \
    va_start(arguments, last);          \
    argument = va_arg(arguments, long); \
    va_end(arguments);                  \
  }

extern "C" {

// Making and connecting them.

int socket(int domain, int type, int protocol) noexcept {
  Surfaces* const surfaces = reprise::internal::surfaces;
  const bool is_internet = domain == AF_INET || domain == AF_INET6;
  if (surfaces == nullptr || !surfaces->descriptors().is_on() || !is_internet) {
    return static_cast<int>(syscall(SYS_socket, domain, type, protocol));
  }
  // Differs from Linux: there are no datagrams, and no IPv6.
  if (domain == AF_INET6) return fail(EAFNOSUPPORT);
  if ((type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != SOCK_STREAM) return fail(EPROTONOSUPPORT);
  return surfaces->descriptors().make((type & SOCK_NONBLOCK) == 0);
}

int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_bind, fd, address, size));
  const std::optional<sockaddr_in> known = address_at(address, size);
  return known ? world->bind(fd, *known) : fail(EAFNOSUPPORT);
}

int listen(int fd, int backlog) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_listen, fd, backlog));
  return world->listen(fd);
}

int accept(int fd, sockaddr* address, socklen_t* size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_accept4, fd, address, size, 0));
  return accept_from(*world, fd, address, size, 0, REPRISE_CALL("accept"));
}

int accept4(int fd, sockaddr* address, socklen_t* size, int flags) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_accept4, fd, address, size, flags));
  return accept_from(*world, fd, address, size, flags, REPRISE_CALL("accept4"));
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_connect, fd, address, size));
  const std::optional<sockaddr_in> known = address_at(address, size);
  if (!known) return fail(EAFNOSUPPORT);
  return told(REPRISE_CALL("connect"), fd, *world, [&] { return world->connect(fd, *known); });
}

int shutdown(int fd, int how) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_shutdown, fd, how));
  using reprise::StreamHalf;
  return world->shutdown(fd, how == SHUT_RD   ? StreamHalf::receive
                             : how == SHUT_WR ? StreamHalf::send
                                              : StreamHalf::both);
}

int close(int fd) {
  Descriptors* const world = world_of(fd);
  return world != nullptr ? world->close(fd) : static_cast<int>(syscall(SYS_close, fd));
}

// Bytes.

ssize_t recv(int fd, void* to, std::size_t size, int flags) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_recvfrom, fd, to, size, flags, nullptr, nullptr);
  return receive_from(*world, fd, bytes_at(to, size), flags, REPRISE_CALL("recv"));
}

ssize_t recvfrom(int fd, void* to, std::size_t size, int flags, sockaddr* address,
                 socklen_t* address_size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) {
    return syscall(SYS_recvfrom, fd, to, size, flags, address, address_size);
  }
  if (address_size != nullptr) *address_size = 0;
  return receive_from(*world, fd, bytes_at(to, size), flags, REPRISE_CALL("recvfrom"));
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_recvmsg, fd, message, flags);
  const iovec part = first_of(message->msg_iov, message->msg_iovlen);
  message->msg_namelen = 0;
  message->msg_controllen = 0;
  message->msg_flags = 0;
  return receive_from(*world, fd, bytes_at(part.iov_base, part.iov_len), flags,
                      REPRISE_CALL("recvmsg"));
}

ssize_t send(int fd, const void* bytes, std::size_t size, int flags) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_sendto, fd, bytes, size, flags, nullptr, 0);
  return send_to(*world, fd, bytes_at(bytes, size), flags, REPRISE_CALL("send"));
}

ssize_t sendto(int fd, const void* bytes, std::size_t size, int flags, const sockaddr* address,
               socklen_t address_size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) {
    return syscall(SYS_sendto, fd, bytes, size, flags, address, address_size);
  }
  return send_to(*world, fd, bytes_at(bytes, size), flags, REPRISE_CALL("sendto"));
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_sendmsg, fd, message, flags);
  const iovec part = first_of(message->msg_iov, message->msg_iovlen);
  return send_to(*world, fd, bytes_at(static_cast<const void*>(part.iov_base), part.iov_len), flags,
                 REPRISE_CALL("sendmsg"));
}

ssize_t read(int fd, void* to, std::size_t size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_read, fd, to, size);
  return receive_from(*world, fd, bytes_at(to, size), 0, REPRISE_CALL("read"));
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_write, fd, bytes, size);
  return send_to(*world, fd, bytes_at(bytes, size), 0, REPRISE_CALL("write"));
}

ssize_t readv(int fd, const iovec* parts, int count) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_readv, fd, parts, count);
  const iovec part = first_of(parts, static_cast<std::size_t>(count));
  return receive_from(*world, fd, bytes_at(part.iov_base, part.iov_len), 0, REPRISE_CALL("readv"));
}

ssize_t writev(int fd, const iovec* parts, int count) {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return syscall(SYS_writev, fd, parts, count);
  const iovec part = first_of(parts, static_cast<std::size_t>(count));
  return send_to(*world, fd, bytes_at(static_cast<const void*>(part.iov_base), part.iov_len), 0,
                 REPRISE_CALL("writev"));
}

// What is asked of them.

int fcntl(int fd, int command, ...) {
  REPRISE_ARGUMENT(command)
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_fcntl, fd, command, argument));
  return control(*world, fd, command, argument);
}

int fcntl64(int fd, int command, ...) {
  REPRISE_ARGUMENT(command)
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_fcntl, fd, command, argument));
  return control(*world, fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...) noexcept {
  REPRISE_ARGUMENT(request)
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_ioctl, fd, request, argument));
  if (request != FIONBIO) return fail(EINVAL);
  world->set_blocks(fd, *reinterpret_cast<const int*>(argument) == 0);
  return 0;
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) {
    return static_cast<int>(syscall(SYS_getsockopt, fd, level, name, value, size));
  }
  const int answer = level == SOL_SOCKET ? option(*world, fd, name) : 0;
  if (*size < sizeof answer) return fail(EINVAL);
  std::memcpy(value, &answer, sizeof answer);
  *size = sizeof answer;
  return 0;
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
  if (world_of(fd) != nullptr) return 0;
  return static_cast<int>(syscall(SYS_setsockopt, fd, level, name, value, size));
}

int getsockname(int fd, sockaddr* address, socklen_t* size) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_getsockname, fd, address, size));
  return put(world->own_address(fd), address, size);
}

int getpeername(int fd, sockaddr* address, socklen_t* size) noexcept {
  Descriptors* const world = world_of(fd);
  if (world == nullptr) return static_cast<int>(syscall(SYS_getpeername, fd, address, size));
  if (!world->is_connected(fd)) return fail(ENOTCONN);
  return put(world->peer_address(fd), address, size);
}

// Names of hosts are those of nodes. The C library makes the answer, and frees it.
int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  Surfaces* const surfaces = reprise::internal::surfaces;
  const auto pass_on = [&](const char* host, const addrinfo* asked) {
    return REPRISE_PASS_ON(getaddrinfo, host, service, asked, found);
  };
  if (surfaces == nullptr || !surfaces->descriptors().is_on()) return pass_on(name, hints);
  addrinfo asked = hints != nullptr ? *hints : addrinfo{};
  if (asked.ai_family == AF_INET6) return EAI_NONAME;
  asked.ai_family = AF_INET;
  asked.ai_flags = (asked.ai_flags & ~(AI_ADDRCONFIG | AI_CANONNAME)) | AI_NUMERICHOST;
  if (name == nullptr) return pass_on(nullptr, &asked);
  const std::optional<in_addr> host = surfaces->descriptors().hosts().find(name);
  if (!host) return EAI_NONAME;
  std::array<char, INET_ADDRSTRLEN> text{};
  const auto* const parts = reinterpret_cast<const unsigned char*>(&host->s_addr);
  std::snprintf(text.data(), text.size(), "%u.%u.%u.%u", parts[0], parts[1], parts[2], parts[3]);
  return pass_on(text.data(), &asked);
}

}  // extern "C"

#endif  // REPRISE_NO_HOOKS
