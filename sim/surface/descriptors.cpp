#include <reprise/sim/surface/descriptors.h>

#include <reprise/core/assert.h>
#include <reprise/core/completion_group.h>
#include <reprise/core/internal/peek.h>
#include <reprise/sim/answering.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/operation/foreign_code.h>
#include <reprise/sim/store_watch/foreign_heap.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace reprise::internal {

namespace {

/// The numbers are the same in every run: far from those of the system's own descriptors, and below
/// what select() can take.
constexpr int first_fd = 700;
constexpr std::size_t sockets_max = 1'024 - first_fd;
constexpr std::uint16_t first_free_port = 49'152;

/// Guard: the harness runs, within a call of the code under test. It must not live while that
/// waits.
struct Inside {
  const MemoryWatch::Quiet quiet;
  const Answering nobody{nullptr};
  const ForeignHeap::Outside outside;
};

int fail(IOError error) {
  errno = static_cast<int>(error);
  return -1;
}
int fail(int error) {
  errno = error;
  return -1;
}

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Descriptors::~Descriptors() = default;

// For the world.

void Descriptors::begin_run() {
  forget_all();
  is_on_ = false;
  made_ = 0;
}

void Descriptors::forget(NodeId node) {
  for (Socket& socket : sockets_) {
    if (socket.node != node) continue;
    if (socket.connects()) socket.connected.drop();
    socket = {};
  }
  waits_.remove_if([&](const Wait& wait) { return wait.node == node; });
}

void Descriptors::forget_all() {
  for (const Socket& socket : sockets_) {
    if (socket.connects()) socket.connected.drop();
  }
  sockets_.clear();
  waits_.clear();
}

// For scenarios.

int Descriptors::give(std::unique_ptr<Stream> stream) {
  const int fd = make(false);
  REPRISE_ASSERT(fd >= 0, "a run has fewer sockets");
  at(fd).stream = std::move(stream);
  at(fd).own = local(first_free_port + fd);
  at(fd).peer = local(first_free_port);
  return fd;
}

Completion Descriptors::ready(int fd, Readiness readiness) {
  REPRISE_ASSERT(has(fd), "the socket is one of this world, and is open");
  return ready(at(fd), readiness);
}

std::uint64_t Descriptors::count() const {
  return static_cast<std::uint64_t>(std::ranges::count_if(sockets_, &Socket::is_open));
}

// The table.

bool Descriptors::has(int fd) const {
  const auto place = static_cast<std::size_t>(fd - first_fd);
  return fd >= first_fd && place < sockets_.size() && sockets_[place].is_open();
}

Descriptors::Socket& Descriptors::at(int fd) {
  return sockets_[static_cast<std::size_t>(fd - first_fd)];
}
const Descriptors::Socket& Descriptors::at(int fd) const {
  return sockets_[static_cast<std::size_t>(fd - first_fd)];
}

IO& Descriptors::io(const Socket& socket) const { return run_.node(socket.node).disk; }

int Descriptors::make(bool blocks) {
  const Inside inside;
  const auto free = std::ranges::find(sockets_, 0, &Socket::number);
  const auto place = static_cast<std::size_t>(free - sockets_.begin());
  if (place == sockets_max) return fail(EMFILE);
  if (free == sockets_.end()) sockets_.emplace_back();
  Socket& socket = sockets_[place];
  socket = {};
  socket.node = host_.node_here();
  socket.number = ++made_;
  socket.blocks = blocks;
  return first_fd + static_cast<int>(place);
}

int Descriptors::close(int fd) {
  const Inside inside;
  const Socket closed = std::exchange(at(fd), {});
  if (closed.connects()) {
    closed.attempt.cancel();
    closed.connected.finish(0);
  }
  return 0;
}

// Connecting.

int Descriptors::bind(int fd, const sockaddr_in& address) {
  at(fd).own = address;
  return 0;
}

int Descriptors::listen(int fd) {
  const Inside inside;
  Socket& socket = at(fd);
  if (socket.door != nullptr) return 0;
  Result<std::unique_ptr<Listener>> door = io(socket).listen(hosts_.for_network(socket.own));
  if (!door.ok()) return fail(door.error());
  socket.door = std::move(door).value();
  const std::string address = socket.door->address();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  socket.own.sin_family = AF_INET;
  socket.own.sin_port = htons(static_cast<std::uint16_t>(port));
  return 0;
}

int Descriptors::accept(int fd, bool blocks) {
  for (;;) {
    {
      const Inside inside;
      const Socket& door = at(fd);
      const sockaddr_in own = door.own;
      std::unique_ptr<Stream> stream = run_.node(door.node).sockets.try_accept(*door.door);
      if (stream != nullptr) {
        const int made = give(std::move(stream));
        at(made).own = own;
        set_blocks(made, blocks);
        return made;
      }
      if (!door.blocks) return fail(EAGAIN);
    }
    if (!wait_for(fd, Readiness::readable)) return fail(EAGAIN);
  }
}

int Descriptors::connect(int fd, const sockaddr_in& address) {
  {
    const Inside inside;
    Socket& socket = at(fd);
    if (socket.connects()) return fail(EALREADY);
    if (socket.stream != nullptr) return fail(EISCONN);
    begin_to_connect(socket, address);
    if (socket.connects() && !socket.blocks) return fail(EINPROGRESS);
  }
  while (at(fd).connects()) {
    if (!wait_for(fd, Readiness::writable)) return fail(EINPROGRESS);
  }
  const int error = take_error(fd);
  return error == 0 ? 0 : fail(error);
}

void Descriptors::begin_to_connect(Socket& socket, const sockaddr_in& address) {
  const auto place = static_cast<int>(&socket - sockets_.data());
  socket.peer = address;
  if (socket.own.sin_family == 0) socket.own = local(first_free_port + place);
  socket.connected = pool_.make({}, this);
  Completion attempt =
      io(socket).connect(hosts_.for_network(address),
                         [this, node = socket.node, number = socket.number](
                             const Completion& over) { attempt_is_over(node, number, over); });
  attempt.ignore();
  if (!Peek(attempt).finished()) socket.attempt = std::move(attempt);
}

void Descriptors::attempt_is_over(NodeId node, std::uint64_t number, const Completion& attempt) {
  const IOError error = Peek(attempt).error();
  std::unique_ptr<Stream> stream;
  if (error == IOError::none) stream = run_.node(node).disk.take_stream(attempt);
  const auto socket = std::ranges::find(sockets_, number, &Socket::number);
  if (socket == sockets_.end()) return;  // it was closed meanwhile, and the stream is now
  socket->attempt = {};
  socket->error = error;
  socket->stream = std::move(stream);
  const Completion connected = std::exchange(socket->connected, {});
  connected.finish(0);
}

// Somebody has given up waiting; the attempt goes on.
void Descriptors::cancel(const Completion& completion, std::uint64_t) {
  completion.fail(IOError::cancelled);
}

int Descriptors::take_error(int fd) {
  return static_cast<int>(std::exchange(at(fd).error, IOError::none));
}

// Bytes.

ssize_t Descriptors::receive(int fd, std::span<std::byte> into, bool may_block, bool peeks) {
  for (;;) {
    {
      const Inside inside;
      Socket& socket = at(fd);
      if (socket.error != IOError::none) return fail(take_error(fd));
      if (socket.stream == nullptr && !socket.connects()) return fail(ENOTCONN);
      if (into.empty()) return 0;
      if (!socket.peeked.empty()) {
        const std::size_t count = std::min(into.size(), socket.peeked.size());
        const auto end = socket.peeked.begin() + static_cast<std::ptrdiff_t>(count);
        std::copy(socket.peeked.begin(), end, into.begin());
        if (!peeks) socket.peeked.erase(socket.peeked.begin(), end);
        return static_cast<ssize_t>(count);
      }
      const Result<std::uint64_t> moved = socket.stream != nullptr
                                              ? socket.stream->try_recv(into)
                                              : Result<std::uint64_t>(IOError::try_again);
      if (moved.ok()) {
        if (peeks)
          socket.peeked.assign(into.begin(),
                               into.begin() + static_cast<std::ptrdiff_t>(moved.value()));
        return static_cast<ssize_t>(moved.value());
      }
      if (moved.error() != IOError::try_again || !socket.blocks || !may_block) {
        return fail(moved.error());
      }
    }
    if (!wait_for(fd, Readiness::readable)) return fail(EAGAIN);
  }
}

ssize_t Descriptors::send(int fd, std::span<const std::byte> bytes, bool may_block) {
  for (;;) {
    {
      const Inside inside;
      Socket& socket = at(fd);
      if (socket.error != IOError::none) return fail(take_error(fd));
      if (socket.stream == nullptr && !socket.connects()) return fail(EPIPE);
      if (bytes.empty()) return 0;
      const Result<std::uint64_t> moved = socket.stream != nullptr
                                              ? socket.stream->try_send(bytes)
                                              : Result<std::uint64_t>(IOError::try_again);
      if (moved.ok()) return static_cast<ssize_t>(moved.value());
      if (moved.error() != IOError::try_again || !socket.blocks || !may_block) {
        return fail(moved.error());
      }
    }
    if (!wait_for(fd, Readiness::writable)) return fail(EAGAIN);
  }
}

int Descriptors::shutdown(int fd, StreamHalf half) {
  const Inside inside;
  Socket& socket = at(fd);
  if (socket.stream == nullptr) return fail(ENOTCONN);
  socket.stream->shutdown(half).ignore();
  return 0;
}

// Waiting.

bool Descriptors::is_ready(const Socket& socket, Readiness readiness) const {
  return run_.node(socket.node).sockets.is_ready(*socket.stream, readiness);
}

short Descriptors::look(pollfd asked) {
  const Inside inside;
  Socket& socket = at(asked.fd);
  if (socket.door != nullptr) {
    const bool has_come = run_.node(socket.node).sockets.has_backlog(*socket.door);
    return has_come ? static_cast<short>(asked.events & POLLIN) : short{0};
  }
  if (socket.error != IOError::none) {
    return static_cast<short>((asked.events & (POLLIN | POLLOUT)) | POLLERR | POLLHUP);
  }
  if (socket.connects()) return 0;
  if (socket.stream == nullptr) return static_cast<short>((asked.events & POLLOUT) | POLLHUP);
  int found = 0;
  if (!socket.peeked.empty() || is_ready(socket, Readiness::readable)) found |= POLLIN;
  if (is_ready(socket, Readiness::writable)) found |= POLLOUT;
  return static_cast<short>(asked.events & found);
}

Completion Descriptors::ready(Socket& socket, Readiness readiness) {
  if (socket.door != nullptr) return socket.door->submit({.kind = IOKind::ready});
  if (socket.connects()) {
    if (Peek(socket.connected).finished()) socket.connected = pool_.make({}, this);
    return socket.connected;
  }
  const bool can_receive = readiness != Readiness::writable && !socket.peeked.empty();
  if (socket.stream == nullptr || can_receive) return Completion::done();
  switch (readiness) {
    case Readiness::readable: return socket.stream->readable();
    case Readiness::writable: return socket.stream->writable();
    default: return socket.stream->either();
  }
}

bool Descriptors::wait_for(int fd, Readiness readiness) {
  const short events = readiness == Readiness::readable ? POLLIN : POLLOUT;
  const pollfd asked{fd, events, 0};
  return wait({&asked, 1}, {});
}

bool Descriptors::wait(std::span<const pollfd> asked, std::optional<Instant> until) {
  const Task* const task = run_.current();
  if (task == nullptr || task->foreign == nullptr) return false;
  const ForeignHeap::Outside outside;
  Wait& wait = waits_.emplace_back();
  wait.node = task->node;
  Completion first;
  {
    const Inside inside;
    CompletionGroup group;
    for (const pollfd& each : asked) {
      if (!has(each.fd)) continue;
      const int both = each.events & (POLLIN | POLLOUT);
      wait.parts.push_back(ready(at(each.fd), both == POLLIN    ? Readiness::readable
                                              : both == POLLOUT ? Readiness::writable
                                                                : Readiness::either));
      group.add(wait.parts.back());
    }
    if (until) {
      Clock& clock = host_.clock_here();
      wait.parts.push_back(clock.timer(std::max(*until - clock.now(), Duration(0)), {}));
      group.add(wait.parts.back());
    }
    first = group.build_any(Losers::cancelled);
    first.ignore();
  }
  static_cast<void>(task->foreign->block(std::move(first)));
  const Inside inside;
  waits_.remove_if([&](const Wait& each) { return &each == &wait; });
  return true;
}

}  // namespace reprise::internal
