// The DatagramSockets of SocketIO.
#include <reprise/core/assert.h>
#include <reprise/core/back_end/socket_io.h>
#include <reprise/core/internal/open.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace reprise {

namespace {

bool is_cut_off(const msghdr& message) { return (message.msg_flags & MSG_TRUNC) != 0; }

}  // namespace

class SocketIO::Mail final : public DatagramSocket {
 public:
  Mail(SocketIO& io, Socket& socket)
      : io_(io), socket_(&socket), bound_(SocketAddress::of_socket(socket.fd)) {}
  ~Mail() override {
    if (socket_ != nullptr) io_.close(*socket_, {});
  }

  std::string take_sender(const Completion& received) override {
    const auto at = std::ranges::find(io_.senders_, received.id(), &Sender::completion);
    REPRISE_ASSERT(at != io_.senders_.end(),
                   "a recv_from() has succeeded, and its sender was not taken yet");
    const SocketAddress address = at->address;
    io_.senders_.erase(at);
    return address.text();
  }
  Result<std::uint64_t> try_send_to(std::string_view address,
                                    std::span<const std::byte> bytes) override;
  Result<ReceivedDatagram> try_recv_from(std::span<std::byte> into) override;
  std::string address() const override { return bound_.text(); }
  Completion submit(IORequest&& request) override;

 private:
  Result<SocketAddress> destination(std::string_view text, std::size_t bytes) const {
    if (bytes > bytes_max) return IOError::message_too_long;
    const Result<SocketAddress> address = SocketAddress::parse(text, NoHost::loopback);
    if (!address.ok()) return address;
    return address.value().for_family(bound_.family());
  }
  /// Those that wait are first.
  bool others_wait(IOKind kind) const {
    return std::ranges::find(socket_->flights, kind, &SocketFlight::kind) != socket_->flights.end();
  }

  SocketIO& io_;
  Socket* socket_;  // none once it is closed
  SocketAddress bound_;
};

Completion SocketIO::Mail::submit(IORequest&& request) {
  REPRISE_ASSERT(request.kind == IOKind::send_to || request.kind == IOKind::recv_from ||
                     request.kind == IOKind::close || request.kind == IOKind::ready,
                 "a socket of datagrams sends, receives, waits and closes; the rest is another's");
  if (socket_ == nullptr) return io_.refuse(IOError::bad_file, request);
  if (request.kind == IOKind::close) {
    return io_.close(*std::exchange(socket_, nullptr), std::move(request.callback));
  }
  if (request.kind == IOKind::ready) return io_.submit(*socket_, request);
  Result<SocketAddress> peer = SocketAddress();
  if (request.kind == IOKind::send_to) peer = destination(request.path, request.byte_count());
  if (!peer.ok()) return io_.refuse(peer.error(), request);
  return io_.submit(*socket_, request, &peer.value());
}

Result<std::uint64_t> SocketIO::Mail::try_send_to(std::string_view address,
                                                  std::span<const std::byte> bytes) {
  if (socket_ == nullptr) return IOError::bad_file;
  const Result<SocketAddress> peer = destination(address, bytes.size());
  if (!peer.ok()) return peer.error();
  if (others_wait(IOKind::send_to)) return IOError::try_again;
  const ssize_t sent = ::sendto(socket_->fd, bytes.data(), bytes.size(), MSG_DONTWAIT,
                                peer.value().data(), peer.value().size());
  if (sent < 0) return static_cast<IOError>(errno);
  return static_cast<std::uint64_t>(sent);
}

Result<ReceivedDatagram> SocketIO::Mail::try_recv_from(std::span<std::byte> into) {
  if (socket_ == nullptr) return IOError::bad_file;
  if (into.empty()) return IOError::invalid;
  if (others_wait(IOKind::recv_from)) return IOError::try_again;
  SocketAddress sender;
  iovec part{into.data(), into.size()};
  msghdr message{};
  message.msg_name = sender.room();
  message.msg_namelen = SocketAddress::room_size;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const ssize_t received = ::recvmsg(socket_->fd, &message, MSG_DONTWAIT);
  if (received < 0) return static_cast<IOError>(errno);
  if (is_cut_off(message)) return IOError::message_too_long;
  return ReceivedDatagram{static_cast<std::uint64_t>(received), sender.text()};
}

Result<std::unique_ptr<DatagramSocket>> SocketIO::datagram_socket(std::string_view address) {
  const Result<Socket*> opened = open_at(address, SOCK_DGRAM);
  if (!opened.ok()) return opened.error();
  return std::unique_ptr<DatagramSocket>(std::make_unique<Mail>(*this, *opened.value()));
}

std::int64_t SocketIO::outcome_of_datagram(SocketFlight& flight, const Completion& completion,
                                           std::int64_t answer) {
  if (answer < 0) return answer;
  if (is_cut_off(flight.message)) return -EMSGSIZE;
  senders_.push_back({completion.id(), flight.socket, flight.address});
  return answer;
}

}  // namespace reprise
