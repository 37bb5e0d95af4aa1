#include "tests/support/datagram_rules.h"

#include <reprise/core/network/datagram.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace reprise::tests {

namespace {

using Socket = std::unique_ptr<DatagramSocket>;

Socket socket_at(DatagramRig& rig, std::string_view address) {
  return std::move(rig.io.datagram_socket(address)).value();
}
Socket a_socket(DatagramRig& rig) { return socket_at(rig, rig.address); }

std::string outcome(DatagramRig& rig, const Completion& completion) {
  const IOError error = rig.wait(completion);
  return error == IOError::none ? std::to_string(completion.result()) : to_string(error);
}

std::string send(DatagramRig& rig, DatagramSocket& socket, std::string_view to,
                 std::string_view text) {
  const Buffer bytes = Buffer::allocate(text.size());
  if (!text.empty()) std::memcpy(bytes.data(), text.data(), text.size());
  return outcome(rig, socket.send_to(to, bytes));
}

/// The text of the next datagram, or the error.
std::string receive(DatagramRig& rig, DatagramSocket& socket, std::string* sender = nullptr,
                    std::size_t room = 100) {
  const Buffer buffer = Buffer::allocate(room);
  const Completion received = socket.recv_from(buffer);
  if (const IOError error = rig.wait(received); error != IOError::none) return to_string(error);
  const std::string from = socket.take_sender(received);
  if (sender != nullptr) *sender = from;
  return {reinterpret_cast<const char*>(buffer.data()), received.result()};
}

DatagramNotes an_answer_goes_to_the_sender(DatagramRig& rig) {
  const Socket server = a_socket(rig);
  const Socket client = a_socket(rig);
  DatagramNotes notes;
  notes.push_back(send(rig, *client, server->address(), "question"));
  std::string sender;
  notes.push_back(receive(rig, *server, &sender));
  notes.push_back(send(rig, *server, sender, "answer"));
  notes.push_back(receive(rig, *client));
  return notes;
}

DatagramNotes datagrams_have_borders(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  for (const char* const text : {"a", "bc", "def"}) {
    static_cast<void>(send(rig, *socket, socket->address(), text));
  }
  return {receive(rig, *socket), receive(rig, *socket), receive(rig, *socket)};
}

DatagramNotes an_empty_datagram_comes(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  DatagramNotes notes{send(rig, *socket, socket->address(), "")};
  notes.push_back(receive(rig, *socket));
  return notes;
}

DatagramNotes who_receives_first_waits(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const Buffer first = Buffer::allocate(1);
  const Buffer second = Buffer::allocate(1);
  const std::array received = {socket->recv_from(first), socket->recv_from(second)};
  static_cast<void>(send(rig, *socket, socket->address(), "1"));
  static_cast<void>(send(rig, *socket, socket->address(), "2"));
  DatagramNotes notes;
  for (const Completion& one : received) {
    notes.push_back(outcome(rig, one));
    static_cast<void>(socket->take_sender(one));
  }
  notes.push_back({static_cast<char>(first.data()[0]), static_cast<char>(second.data()[0])});
  return notes;
}

DatagramNotes a_datagram_without_room_is_lost(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  static_cast<void>(send(rig, *socket, socket->address(), "too long"));
  static_cast<void>(send(rig, *socket, socket->address(), "next"));
  return {receive(rig, *socket, nullptr, 4), receive(rig, *socket, nullptr, 4)};
}

DatagramNotes too_much_is_not_sent(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const std::string most(DatagramSocket::bytes_max, 'x');
  DatagramNotes notes{send(rig, *socket, socket->address(), most + 'x')};
  const std::string more = most + 'x';
  notes.push_back(
      to_string(socket->try_send_to(socket->address(), std::as_bytes(std::span(more))).error()));
  notes.push_back(send(rig, *socket, socket->address(), most));
  notes.push_back(receive(rig, *socket, nullptr, 70'000) == most ? "the most comes" : "it differs");
  return notes;
}

DatagramNotes no_room_is_invalid(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  return {receive(rig, *socket, nullptr, 0), to_string(socket->try_recv_from({}).error())};
}

DatagramNotes nobody_is_told_that_nobody_is_there(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  std::string address;
  {
    const Socket gone = a_socket(rig);
    address = gone->address();
  }
  DatagramNotes notes;
  for (int i = 0; i < 2; ++i) notes.push_back(send(rig, *socket, address, "anybody?"));
  static_cast<void>(send(rig, *socket, socket->address(), "me"));
  notes.push_back(receive(rig, *socket));
  return notes;
}

DatagramNotes an_address_is_taken_once(DatagramRig& rig) {
  Socket socket = a_socket(rig);
  const std::string address = socket->address();
  DatagramNotes notes{to_string(rig.io.datagram_socket(address).error())};
  // Connections have ports of their own.
  notes.push_back(to_string(rig.io.listen(address).error()));
  socket = nullptr;
  notes.push_back(to_string(rig.io.datagram_socket(address).error()));
  return notes;
}

DatagramNotes a_close_cancels_what_waits(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const Buffer buffer = Buffer::allocate(1);
  const Completion waiting = socket->recv_from(buffer);
  const Completion readable = socket->readable();
  const Completion closed = socket->close();
  DatagramNotes notes{outcome(rig, waiting), outcome(rig, readable), outcome(rig, closed)};
  notes.push_back(receive(rig, *socket));
  notes.push_back(send(rig, *socket, ":1", "late"));
  notes.push_back(to_string(socket->try_recv_from(buffer.bytes()).error()));
  notes.push_back(to_string(socket->try_send_to(":1", buffer.bytes()).error()));
  return notes;
}

DatagramNotes a_wait_can_be_cancelled(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const Buffer buffer = Buffer::allocate(4);
  const Completion waiting = socket->recv_from(buffer);
  waiting.cancel();
  DatagramNotes notes{outcome(rig, waiting)};
  static_cast<void>(send(rig, *socket, socket->address(), "next"));
  notes.push_back(receive(rig, *socket));
  return notes;
}

DatagramNotes calls_that_would_block_do_nothing(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const std::string text = "four";
  std::array<std::byte, 8> bytes{};
  DatagramNotes notes{to_string(socket->try_recv_from(bytes).error())};
  Result<std::uint64_t> sent = IOError::try_again;
  while (sent.error() == IOError::try_again) {
    static_cast<void>(rig.wait(socket->writable()));
    sent = socket->try_send_to(socket->address(), std::as_bytes(std::span(text)));
  }
  notes.push_back(sent.ok() ? std::to_string(sent.value()) : to_string(sent.error()));
  Result<ReceivedDatagram> received = IOError::try_again;
  while (received.error() == IOError::try_again) {
    static_cast<void>(rig.wait(socket->readable()));
    received = socket->try_recv_from(bytes);
  }
  notes.push_back(received.ok() ? std::to_string(received.value().bytes)
                                : to_string(received.error()));
  notes.push_back({reinterpret_cast<const char*>(bytes.data()), 4});
  // The sender's address works as one to send to.
  notes.push_back(send(rig, *socket, received.value().sender, "me"));
  notes.push_back(receive(rig, *socket));
  return notes;
}

DatagramNotes a_full_mailbox_drops(DatagramRig& rig) {
  const Socket socket = a_socket(rig);
  const std::string text(10'000, 'x');
  for (int i = 0; i < 1'000; ++i) static_cast<void>(send(rig, *socket, socket->address(), text));
  static_cast<void>(rig.wait(rig.io.timer(std::chrono::milliseconds(1))));
  int received = 0;
  const Buffer buffer = Buffer::allocate(text.size());
  for (int refused = 0; refused < 32;) {  // a call may say so at any time
    const bool is_there = socket->try_recv_from(buffer.bytes()).ok();
    refused = is_there ? 0 : refused + 1;
    received += is_there ? 1 : 0;
  }
  return {received > 0 ? "some came" : "none came", received < 1'000 ? "some did not" : "all came"};
}

}  // namespace

const std::vector<DatagramRule>& datagram_rules() {
  static const std::vector<DatagramRule> rules{
      {"an answer goes to the sender",
       {"8", "question", "6", "answer"},
       &an_answer_goes_to_the_sender},
      {"datagrams have borders", {"a", "bc", "def"}, &datagrams_have_borders},
      {"an empty datagram comes", {"0", ""}, &an_empty_datagram_comes},
      {"who receives first waits", {"1", "1", "12"}, &who_receives_first_waits},
      {"a datagram without room is lost", {"EMSGSIZE", "next"}, &a_datagram_without_room_is_lost},
      {"too much is not sent",
       {"EMSGSIZE", "EMSGSIZE", "65507", "the most comes"},
       &too_much_is_not_sent},
      {"no room is invalid", {"EINVAL", "EINVAL"}, &no_room_is_invalid},
      {"nobody is told that nobody is there",
       {"8", "8", "me"},
       &nobody_is_told_that_nobody_is_there},
      {"an address is taken once", {"EADDRINUSE", "none", "none"}, &an_address_is_taken_once},
      {"a close cancels what waits",
       {"ECANCELED", "ECANCELED", "0", "EBADF", "EBADF", "EBADF", "EBADF"},
       &a_close_cancels_what_waits},
      {"a wait can be cancelled", {"ECANCELED", "next"}, &a_wait_can_be_cancelled},
      {"calls that would block do nothing",
       {"EAGAIN", "4", "4", "four", "2", "me"},
       &calls_that_would_block_do_nothing},
      {"a full mailbox drops", {"some came", "some did not"}, &a_full_mailbox_drops},
  };
  return rules;
}

}  // namespace reprise::tests
