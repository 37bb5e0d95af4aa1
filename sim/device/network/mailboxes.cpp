// The DatagramSockets of Sockets, each with a mailbox where what is sent to it comes in.
#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>
#include <reprise/sim/operation/task.h>

#include <algorithm>
#include <string>
#include <utility>

namespace reprise {

class Sockets::Mail final : public DatagramSocket {
 public:
  Mail(Sockets& sockets, std::uint32_t number, std::string address)
      : sockets_(sockets),
        number_(number),
        run_(sockets.run_),
        address_(std::move(address)),
        path_(sockets.host().path_index(address_)) {}
  ~Mail() override {
    if (run_ == sockets_.run_) sockets_.close_mailbox(number_);
  }

  std::string take_sender(const Completion& received) override;
  Result<std::uint64_t> try_send_to(std::string_view address,
                                    std::span<const std::byte> bytes) override;
  Result<ReceivedDatagram> try_recv_from(std::span<std::byte> into) override;
  std::string address() const override { return address_; }
  Completion submit(IORequest&& request) override;

 private:
  bool is_gone() const { return run_ != sockets_.run_ || sockets_.mailboxes_[number_].is_closed; }
  /// Whether the call says "again".
  bool says_again(IOKind kind, const Identity& call, bool can);

  Sockets& sockets_;
  std::uint32_t number_;
  std::uint32_t run_;
  std::string address_;
  std::uint32_t path_;
};

Completion Sockets::Mail::submit(IORequest&& request) {
  REPRISE_ASSERT(request.kind == IOKind::send_to || request.kind == IOKind::recv_from ||
                     request.kind == IOKind::close || request.kind == IOKind::ready,
                 "a socket of datagrams sends, receives, waits and closes; the rest is another's");
  if (run_ != sockets_.run_) return sockets_.refuse_gone(request);
  if (request.kind != IOKind::send_to) {
    return sockets_.submit(request, Target::mailbox(number_), path_);
  }
  const std::string to = sockets_.full_address(request.path);
  request.path = to;
  return sockets_.submit(request, Target::mailbox(number_), sockets_.host().path_index(to));
}

std::string Sockets::Mail::take_sender(const Completion& received) {
  const auto at = std::ranges::find(sockets_.senders_, received.id(), &Sender::completion);
  REPRISE_ASSERT(at != sockets_.senders_.end(),
                 "a recv_from() has succeeded, and its sender was not taken yet");
  std::string address = std::move(at->address);
  sockets_.senders_.erase(at);
  return address;
}

bool Sockets::Mail::says_again(IOKind kind, const Identity& call, bool can) {
  if (!can || sockets_.others_wait(kind, Target::mailbox(number_))) return true;
  return sockets_.says_would_block(sockets_.mailboxes_[number_].refusals, call);
}

Result<std::uint64_t> Sockets::Mail::try_send_to(std::string_view address,
                                                 std::span<const std::byte> bytes) {
  const MemoryWatch::Pause own_stores(sockets_.host().memory());
  if (is_gone()) return IOError::bad_file;
  if (bytes.size() > bytes_max) return IOError::message_too_long;
  DeviceHost& host = sockets_.host();
  host.use_network();
  std::string to = sockets_.full_address(address);
  const SubmittedIO call =
      host.io_begins(IOKind::send_to, {}, host.path_index(to), 0, bytes.size(), {});
  if (says_again(IOKind::send_to, call.identity, true)) return IOError::try_again;
  sockets_.datagrams().send(sockets_.node(), call.identity,
                            {address_, std::move(to), {bytes.begin(), bytes.end()}});
  host.io_ends(sockets_, call.identity, IOError::none, bytes.size());
  return std::uint64_t{bytes.size()};
}

Result<ReceivedDatagram> Sockets::Mail::try_recv_from(std::span<std::byte> into) {
  const MemoryWatch::Pause own_stores(sockets_.host().memory());
  if (is_gone()) return IOError::bad_file;
  if (into.empty()) return IOError::invalid;
  DeviceHost& host = sockets_.host();
  host.use_network();
  const SubmittedIO call = host.io_begins(IOKind::recv_from, {}, path_, 0, into.size(), {});
  Mailbox& mailbox = sockets_.mailboxes_[number_];
  if (says_again(IOKind::recv_from, call.identity, !mailbox.arrived.empty())) {
    return IOError::try_again;
  }
  const Buffer buffer = Buffer::borrow(into);
  Result<Datagrams::Datagram> taken = sockets_.take_datagram(mailbox, {&buffer, 1});
  const std::uint64_t bytes = taken.ok() ? taken.value().bytes.size() : 0;
  host.io_ends(sockets_, call.identity, taken.error(), bytes);
  if (!taken.ok()) return taken.error();
  return ReceivedDatagram{bytes, std::move(taken).value().from};
}

Result<std::unique_ptr<DatagramSocket>> Sockets::datagram_socket(std::string_view address) {
  if (is_off_) return IOError::io;
  Result<std::string> own = own_address(address);
  if (!own.ok()) return own.error();
  if (datagrams().is_bound(own.value())) return IOError::address_in_use;
  name_node();
  std::string full = std::move(own).value();
  const auto number = static_cast<std::uint32_t>(mailboxes_.size());
  mailboxes_.push_back({full, !address.ends_with(":0")});
  datagrams().bind(full, this, number);
  return std::unique_ptr<DatagramSocket>(std::make_unique<Mail>(*this, number, std::move(full)));
}

void Sockets::close_mailbox(std::uint32_t number) {
  Mailbox& mailbox = mailboxes_[number];
  if (std::exchange(mailbox.is_closed, true)) return;
  mailbox.arrived.clear();
  datagrams().bind(mailbox.address, nullptr, 0);
  std::erase_if(senders_, [&](const Sender& sender) { return sender.mailbox == number; });
  cancel_all(Target::mailbox(number));
}

void Sockets::put_into(std::uint32_t number, Datagrams::Datagram&& datagram) {
  Mailbox& mailbox = mailboxes_[number];
  if (mailbox.bytes + datagram.bytes.size() > network().capacity) return;
  mailbox.bytes += datagram.bytes.size();
  mailbox.arrived.push_back(std::move(datagram));
  look_at(Target::mailbox(number));
}

Sockets::Moved Sockets::send_to(Flight& flight) {
  Datagrams::Datagram datagram{mailboxes_[flight.target.number].address, flight.to, {}};
  for (const Buffer& buffer : flight.buffers) {
    const std::span<const std::byte> bytes = buffer.bytes();
    datagram.bytes.insert(datagram.bytes.end(), bytes.begin(), bytes.end());
  }
  const std::uint64_t size = datagram.bytes.size();
  datagrams().send(node(), flight.io.identity, std::move(datagram));
  return {IOError::none, size};
}

Result<Datagrams::Datagram> Sockets::take_datagram(Mailbox& mailbox,
                                                   std::span<const Buffer> buffers) {
  Datagrams::Datagram datagram = std::move(mailbox.arrived.front());
  mailbox.arrived.pop_front();
  std::span<const std::byte> left = datagram.bytes;
  mailbox.bytes -= left.size();
  for (const Buffer& buffer : buffers) {
    const std::size_t count = std::min(left.size(), buffer.size());
    std::ranges::copy(left.first(count), buffer.data());
    left = left.subspan(count);
  }
  if (!left.empty()) return IOError::message_too_long;
  return datagram;
}

Sockets::Moved Sockets::receive_from(Flight& flight) {
  const std::uint32_t number = flight.target.number;
  const Result<Datagrams::Datagram> taken = take_datagram(mailboxes_[number], flight.buffers);
  if (!taken.ok()) return {taken.error(), 0};
  senders_.push_back({flight.completion.id(), number, taken.value().from});
  return {IOError::none, taken.value().bytes.size()};
}

}  // namespace reprise
