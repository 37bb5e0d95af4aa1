#include <reprise/core/back_end/socket_io.h>

#include <reprise/core/assert.h>
#include <reprise/core/back_end/system_call.h>
#include <reprise/core/internal/open.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace reprise {

namespace {

void switch_on(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof on);
}

short events_of(IOKind kind, Readiness readiness) {
  constexpr short input = POLLIN | POLLRDHUP;
  switch (kind) {
    case IOKind::accept:
    case IOKind::recv:
    case IOKind::recv_from: return input;
    case IOKind::connect:
    case IOKind::send:
    case IOKind::send_to: return POLLOUT;
    default: break;
  }
  if (readiness == Readiness::either) return input | POLLOUT;
  return readiness == Readiness::readable ? input : POLLOUT;
}

bool is_loss(IOError error) {
  return error == IOError::connection_reset || error == IOError::timed_out ||
         error == IOError::unreachable || error == static_cast<IOError>(ENETUNREACH);
}

/// What is left of an accept: the connection was lost before it was accepted.
bool is_of_lost_connection(std::int64_t answer) {
  return answer == -ECONNABORTED || answer == -EPROTO;
}

}  // namespace

// The socket is none once it is closed. They are destroyed before the back end.

class SocketIO::Door final : public Listener {
 public:
  Door(SocketIO& io, Socket& socket, std::string address)
      : io_(io), socket_(socket), address_(std::move(address)) {}
  ~Door() override {
    ::shutdown(socket_.fd, SHUT_RDWR);  // at once, even if an accept is still to be taken back
    io_.close(socket_, {});
  }

  std::string address() const override { return address_; }
  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(request.kind == IOKind::accept, "a listener accepts, and nothing else");
    return io_.submit(socket_, request);
  }

 private:
  SocketIO& io_;
  Socket& socket_;
  std::string address_;
};

class SocketIO::Plug final : public Stream {
 public:
  Plug(SocketIO& io, Socket& socket) : io_(io), socket_(&socket) {}
  ~Plug() override {
    if (socket_ != nullptr) io_.close(*socket_, {});
  }

  Result<std::uint64_t> try_recv(std::span<std::byte> into) override {
    if (socket_ == nullptr) return IOError::bad_file;
    return io_.try_now(*socket_, IOKind::recv, into);
  }
  Result<std::uint64_t> try_send(std::span<const std::byte> bytes) override {
    if (socket_ == nullptr) return IOError::bad_file;
    // Nothing is written there.
    const std::span same(const_cast<std::byte*>(bytes.data()), bytes.size());
    return io_.try_now(*socket_, IOKind::send, same);
  }
  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(is_of_network(request.kind) && request.kind != IOKind::accept &&
                       request.kind != IOKind::connect,
                   "a stream receives, sends, waits and closes; the rest is another's");
    if (socket_ == nullptr) return io_.refuse(IOError::bad_file, request);
    if (request.kind == IOKind::shutdown) return io_.shut_down(*socket_, request);
    if (request.kind == IOKind::close) {
      return io_.close(*std::exchange(socket_, nullptr), std::move(request.callback));
    }
    return io_.submit(*socket_, request);
  }

 private:
  SocketIO& io_;
  Socket* socket_;
};

SocketIO::~SocketIO() {
  for (const Socket& socket : sockets_) {
    if (socket.fd >= 0) ::close(socket.fd);
  }
}

// Sockets.

Socket& SocketIO::adopt(int fd) {
  switch_on(fd, IPPROTO_TCP, TCP_NODELAY);
  if (free_sockets_.empty()) free_sockets_.push_back(&sockets_.emplace_back());
  Socket& socket = *free_sockets_.back();
  free_sockets_.pop_back();
  socket.fd = fd;
  socket.uses = 1;
  return socket;
}

void SocketIO::drop_use(Socket& socket) {
  if (--socket.uses != 0) return;
  ::close(socket.fd);
  const Completion closing = std::move(socket.closing);
  std::vector<SocketFlight*> flights = std::move(socket.flights);  // empty, with its room
  std::erase_if(senders_, [&](const Sender& sender) { return sender.socket == &socket; });
  socket = {};
  socket.flights = std::move(flights);
  free_sockets_.push_back(&socket);
  if (closing) closing.finish(0);
}

Result<Socket*> SocketIO::open(const SocketAddress& address, int type) {
  const int fd = ::socket(address.family(), type | SOCK_CLOEXEC | flags_, 0);
  if (fd < 0) return static_cast<IOError>(errno);
  return &adopt(fd);
}

Result<Socket*> SocketIO::open_bound(const SocketAddress& address, int type) {
  const Result<Socket*> opened = open(address, type);
  if (!opened.ok()) return opened;
  const int fd = opened.value()->fd;
  const bool listens = type == SOCK_STREAM;
  if (listens) switch_on(fd, SOL_SOCKET, SO_REUSEADDR);
  if (::bind(fd, address.data(), address.size()) == 0 &&
      (!listens || ::listen(fd, SOMAXCONN) == 0)) {
    return opened;
  }
  const auto error = static_cast<IOError>(errno);
  drop_use(*opened.value());
  return error;
}

Result<Socket*> SocketIO::open_at(std::string_view text, int type) {
  if (is_closing_) return IOError::cancelled;
  const Result<SocketAddress> address = SocketAddress::parse(text, NoHost::every_address);
  if (!address.ok()) return address.error();
  Result<Socket*> opened = open_bound(address.value(), type);
  const bool has_no_ipv6 = opened.error() == static_cast<IOError>(EAFNOSUPPORT) ||
                           opened.error() == IOError::address_not_available;
  if (has_no_ipv6 && address.value().is_every()) {
    opened = open_bound(SocketAddress::every_ipv4(address.value().port()), type);
  }
  return opened;
}

Result<std::unique_ptr<Listener>> SocketIO::listen(std::string_view address) {
  const Result<Socket*> opened = open_at(address, SOCK_STREAM);
  if (!opened.ok()) return opened.error();
  Socket& socket = *opened.value();
  return std::unique_ptr<Listener>(
      std::make_unique<Door>(*this, socket, SocketAddress::of_socket(socket.fd).text()));
}

std::unique_ptr<Stream> SocketIO::take_stream(const Completion& made) {
  const auto at = std::ranges::find(made_, made.id(), &Made::completion);
  REPRISE_ASSERT(at != made_.end(),
                 "a connect() or an accept() has succeeded, and its stream was not taken yet");
  Socket& socket = *at->socket;
  made_.erase(at);
  return std::make_unique<Plug>(*this, socket);
}

// Submitting.

Completion SocketIO::refuse(IOError error, IORequest& request) {
  return pool_.refused(error, std::move(request.callback));
}

SocketFlight& SocketIO::add_flight(Socket& socket, IORequest& request) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(flights_.size()));
    SocketFlight& added = flights_.emplace_back();
    added.slot = free_.back();
    added.buffers.reserve(parts_expected);
    added.parts.reserve(parts_expected);
  }
  SocketFlight& flight = flights_[free_.back()];
  free_.pop_back();
  flight.kind = request.kind;
  flight.events = events_of(request.kind, request.readiness);
  flight.is_begun = false;
  flight.is_given_up = false;
  flight.socket = &socket;
  flight.buffers.assign(request.buffers.begin(), request.buffers.end());
  set_parts(flight.parts, flight.buffers);
  flight.message = {};
  flight.message.msg_iov = flight.parts.data();
  flight.message.msg_iovlen = flight.parts.size();
  flight.completion =
      pool_.make(std::move(request.callback), this, flight.slot, request.byte_count());
  socket.flights.push_back(&flight);
  ++socket.uses;
  return flight;
}

Completion SocketIO::connect(IORequest& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  const Result<SocketAddress> address = SocketAddress::parse(request.path, NoHost::loopback);
  if (!address.ok()) return refuse(address.error(), request);
  const Result<Socket*> opened = open(address.value(), SOCK_STREAM);
  if (!opened.ok()) return refuse(opened.error(), request);
  Socket& socket = *opened.value();
  SocketFlight& flight = add_flight(socket, request);
  flight.address = address.value();
  const Completion completion = flight.completion;
  flight.is_begun = true;
  driver_.begin(flight);
  drop_use(socket);  // the flight's is left
  return completion;
}

Completion SocketIO::submit(Socket& socket, IORequest& request, const SocketAddress* peer) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  const bool needs_bytes = request.kind == IOKind::recv || request.kind == IOKind::send ||
                           request.kind == IOKind::recv_from;
  if (needs_bytes && request.byte_count() == 0) return refuse(IOError::invalid, request);
  // The kernel gets one of a kind at a time, since two sends at once may mix their bytes.
  const bool is_first =
      request.kind == IOKind::ready ||
      std::ranges::find(socket.flights, request.kind, &SocketFlight::kind) == socket.flights.end();
  SocketFlight& flight = add_flight(socket, request);
  if (peer != nullptr) {
    flight.address = *peer;
    flight.message.msg_name = flight.address.room();
    flight.message.msg_namelen =
        request.kind == IOKind::recv_from ? SocketAddress::room_size : peer->size();
  }
  const Completion completion = flight.completion;
  if (is_first) {
    flight.is_begun = true;
    driver_.begin(flight);
  }
  return completion;
}

Completion SocketIO::close(Socket& socket, CompletionCallback&& callback) {
  const Completion completion = pool_.make(std::move(callback), nullptr, 0, 0);
  socket.closing = completion;
  socket.is_closed = true;
  for (;;) {
    const auto next = std::ranges::find(socket.flights, false, &SocketFlight::is_given_up);
    if (next == socket.flights.end()) break;
    give_up(**next);
  }
  drop_use(socket);
  return completion;
}

Completion SocketIO::shut_down(Socket& socket, IORequest& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  const bool receives = request.half != StreamHalf::send;
  const int how = !receives ? SHUT_WR : request.half == StreamHalf::both ? SHUT_RDWR : SHUT_RD;
  if (::shutdown(socket.fd, how) != 0) return refuse(static_cast<IOError>(errno), request);
  if (receives) socket.receives_no_more = true;
  const Completion completion = pool_.make(std::move(request.callback), nullptr, 0, 0);
  completion.finish(0);
  return completion;
}

Result<std::uint64_t> SocketIO::try_now(Socket& socket, IOKind kind, std::span<std::byte> bytes) {
  if (bytes.empty()) return IOError::invalid;
  // Those that wait are first.
  const bool others_wait =
      std::ranges::find(socket.flights, kind, &SocketFlight::kind) != socket.flights.end();
  if (others_wait) return IOError::try_again;
  const std::int64_t moved =
      kind == IOKind::recv
          ? ::recv(socket.fd, bytes.data(), bytes.size(), MSG_DONTWAIT)
          : ::send(socket.fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  const std::int64_t answer = outcome(socket, kind, moved < 0 ? -errno : moved, {});
  if (answer < 0) return static_cast<IOError>(-answer);
  return static_cast<std::uint64_t>(answer);
}

// Ending.

void SocketIO::cancel(const Completion&, std::uint64_t token) { give_up(flights_[token]); }

void SocketIO::give_up(SocketFlight& flight) {
  if (std::exchange(flight.is_given_up, true)) return;
  if (flight.is_begun) {
    driver_.give_up(flight);
  } else {
    ended(flight, -ECANCELED);
  }
}

void SocketIO::cancel_all() {
  is_closing_ = true;
  for (SocketFlight& flight : flights_) {
    if (const Completion completion = flight.completion; completion) completion.cancel();
  }
}

void SocketIO::ended(SocketFlight& flight, std::int64_t answer) {
  Socket& socket = *flight.socket;
  if (is_of_lost_connection(answer) && flight.kind == IOKind::accept && !flight.is_given_up) {
    return driver_.begin(flight);
  }
  const IOKind kind = flight.kind;
  const Completion completion = std::move(flight.completion);
  const bool was_begun = flight.is_begun;
  if (kind == IOKind::recv_from && !socket.is_closed) {
    answer = outcome_of_datagram(flight, completion, answer);
  }
  flight.socket = nullptr;
  flight.buffers.clear();
  free_.push_back(flight.slot);
  std::erase(socket.flights, &flight);
  answer = outcome(socket, kind, answer, completion);
  if (was_begun && kind != IOKind::ready && !socket.is_closed) {
    const auto next = std::ranges::find(socket.flights, kind, &SocketFlight::kind);
    if (next != socket.flights.end()) {
      (*next)->is_begun = true;
      driver_.begin(**next);
    }
  }
  if (answer < 0) {
    completion.fail(static_cast<IOError>(-answer));
  } else {
    completion.finish(static_cast<std::uint64_t>(answer));
  }
  drop_use(socket);
}

std::int64_t SocketIO::outcome(Socket& socket, IOKind kind, std::int64_t answer,
                               const Completion& completion) {
  if (socket.is_closed) {
    if (kind == IOKind::accept && answer >= 0) ::close(static_cast<int>(answer));
    return -ECANCELED;
  }
  if (answer < 0) {
    if (answer == -EINTR && completion && completion.cancel_requested()) return -ECANCELED;
    const auto error = static_cast<IOError>(-answer);
    const bool moves = kind == IOKind::recv || kind == IOKind::send;
    if (moves && is_loss(error)) socket.lost = error;
    return answer;
  }
  // What makes a connection is never too late to cancel: nobody would take it.
  const bool makes = kind == IOKind::accept || kind == IOKind::connect;
  if (makes && completion && completion.cancel_requested()) {
    if (kind == IOKind::accept) ::close(static_cast<int>(answer));
    return -ECANCELED;
  }
  switch (kind) {
    case IOKind::send:
    case IOKind::send_to:
    case IOKind::recv_from: return answer;
    case IOKind::recv:
      if (answer == 0 && socket.lost != IOError::none) return -static_cast<int>(socket.lost);
      return socket.receives_no_more ? 0 : answer;
    case IOKind::accept:
      made_.push_back({completion.id(), &adopt(static_cast<int>(answer))});
      return 0;
    case IOKind::connect:
      made_.push_back({completion.id(), &socket});
      ++socket.uses;
      return 0;
    default: return 0;  // what it is ready for
  }
}

}  // namespace reprise
