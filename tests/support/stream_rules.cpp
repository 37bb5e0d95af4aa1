#include "tests/support/stream_rules.h"

#include <reprise/core/assert.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::tests {

namespace {

Buffer buffer_of(std::string_view text) {
  const Buffer buffer = Buffer::allocate(text.size());
  std::memcpy(buffer.data(), text.data(), text.size());
  return buffer;
}

std::string text_of(const Buffer& buffer, std::size_t size) {
  return {reinterpret_cast<const char*>(buffer.data()), size};
}

std::string outcome(StreamRig& rig, const Completion& completion) {
  const IOError error = rig.wait(completion);
  return error == IOError::none ? std::to_string(completion.result()) : to_string(error);
}

std::string outcome(const Result<std::uint64_t>& result) {
  return result.ok() ? std::to_string(result.value()) : to_string(result.error());
}

StreamNotes bytes_go_both_ways(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  StreamNotes notes;
  notes.push_back(to_string(send_all(rig, *pair.client, "hello, server")));
  notes.push_back(receive(rig, *pair.server, 13));
  notes.push_back(to_string(send_all(rig, *pair.server, "hello, client")));
  notes.push_back(receive(rig, *pair.client, 13));
  return notes;
}

StreamNotes sends_have_no_borders(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  for (const char* part : {"a", "bc", "def"}) {
    static_cast<void>(send_all(rig, *pair.client, part));
  }
  return {receive(rig, *pair.server, 2), receive(rig, *pair.server, 4)};
}

StreamNotes several_buffers_are_one_send(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const std::array<Buffer, 2> out = {buffer_of("ab"), buffer_of("cde")};
  const Completion sent = pair.client->send(out);
  StreamNotes notes{outcome(rig, sent)};
  const std::array<Buffer, 2> in = {Buffer::allocate(3), Buffer::allocate(4)};
  std::string got;
  while (got.size() < 5) {
    const Completion received = pair.server->recv(in);
    if (rig.wait(received) != IOError::none || received.result() == 0) break;
    const std::size_t first = std::min<std::size_t>(received.result(), 3);
    got += text_of(in[0], first) + text_of(in[1], received.result() - first);
  }
  notes.push_back(got);
  return notes;
}

StreamNotes what_was_sent_comes_before_the_end(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  StreamNotes notes;
  static_cast<void>(send_all(rig, *pair.client, "last words"));
  notes.push_back(outcome(rig, pair.client->shutdown(StreamHalf::send)));
  notes.push_back(receive(rig, *pair.server, 100));
  // The other half is open.
  notes.push_back(to_string(send_all(rig, *pair.server, "heard")));
  notes.push_back(receive(rig, *pair.client, 5));
  return notes;
}

StreamNotes nothing_is_sent_after_a_shutdown(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  static_cast<void>(rig.wait(pair.client->shutdown(StreamHalf::send)));
  const Buffer late = buffer_of("late");
  StreamNotes notes{outcome(rig, pair.client->send(late))};
  Result<std::uint64_t> tried = IOError::try_again;
  while (tried.error() == IOError::try_again) tried = pair.client->try_send(late.bytes());
  notes.push_back(outcome(tried));
  return notes;
}

StreamNotes a_close_ends_the_stream(StreamRig& rig) {
  StreamPair pair = connect_pair(rig);
  StreamNotes notes;
  static_cast<void>(send_all(rig, *pair.client, "bye"));
  notes.push_back(outcome(rig, pair.client->close()));
  notes.push_back(receive(rig, *pair.server, 100));
  const Buffer buffer = Buffer::allocate(1);
  notes.push_back(outcome(rig, pair.client->recv(buffer)));
  notes.push_back(outcome(pair.client->try_recv(buffer.bytes())));
  return notes;
}

StreamNotes destroying_it_closes_it(StreamRig& rig) {
  StreamPair pair = connect_pair(rig);
  pair.client = nullptr;
  return {receive(rig, *pair.server, 100)};
}

StreamNotes a_close_cancels_what_waits(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const Buffer buffer = Buffer::allocate(1);
  const Completion waiting = pair.client->recv(buffer);
  const Completion closed = pair.client->close();
  return {outcome(rig, waiting), outcome(rig, closed)};
}

StreamNotes unread_bytes_at_a_close_are_a_reset(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  static_cast<void>(send_all(rig, *pair.client, "unread"));
  static_cast<void>(rig.wait(pair.server->readable()));
  static_cast<void>(rig.wait(pair.server->close()));
  const Buffer buffer = Buffer::allocate(1);
  return {outcome(rig, pair.client->recv(buffer))};
}

StreamNotes a_loss_is_told_each_time(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  static_cast<void>(send_all(rig, *pair.client, "unread"));
  static_cast<void>(rig.wait(pair.server->readable()));
  static_cast<void>(rig.wait(pair.server->close()));
  static_cast<void>(rig.wait(pair.client->readable()));
  const Buffer buffer = Buffer::allocate(1);
  StreamNotes notes;
  for (int i = 0; i < 2; ++i) notes.push_back(outcome(rig, pair.client->recv(buffer)));
  notes.push_back(outcome(rig, pair.client->send(buffer)));
  notes.push_back(outcome(rig, pair.client->recv(buffer)));
  notes.push_back(outcome(rig, pair.client->shutdown(StreamHalf::send)));
  return notes;
}

StreamNotes who_sends_first_is_told_of_a_loss(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  static_cast<void>(send_all(rig, *pair.client, "unread"));
  static_cast<void>(rig.wait(pair.server->readable()));
  static_cast<void>(rig.wait(pair.server->close()));
  static_cast<void>(rig.wait(pair.client->readable()));
  const Buffer buffer = Buffer::allocate(1);
  StreamNotes notes;
  for (int i = 0; i < 2; ++i) notes.push_back(outcome(rig, pair.client->send(buffer)));
  notes.push_back(outcome(rig, pair.client->recv(buffer)));
  return notes;
}

StreamNotes who_receives_no_more_may_send(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  static_cast<void>(send_all(rig, *pair.server, "early"));
  static_cast<void>(rig.wait(pair.client->readable()));
  const Buffer buffer = Buffer::allocate(1);
  StreamNotes notes{outcome(rig, pair.client->shutdown(StreamHalf::receive))};
  notes.push_back(outcome(rig, pair.client->recv(buffer)));
  static_cast<void>(send_all(rig, *pair.server, "late"));
  static_cast<void>(rig.wait(pair.client->readable()));
  notes.push_back(outcome(rig, pair.client->recv(buffer)));
  notes.push_back(to_string(send_all(rig, *pair.client, "still here")));
  notes.push_back(receive(rig, *pair.server, 10));
  return notes;
}

StreamNotes a_shutdown_wakes_who_receives(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const Buffer buffer = Buffer::allocate(1);
  const Completion waiting = pair.client->recv(buffer);
  StreamNotes notes{outcome(rig, pair.client->shutdown(StreamHalf::both))};
  notes.push_back(outcome(rig, waiting));
  notes.push_back(receive(rig, *pair.server, 1));
  return notes;
}

StreamNotes sending_to_a_closed_end_fails(StreamRig& rig) {
  StreamPair pair = connect_pair(rig);
  static_cast<void>(rig.wait(pair.server->close()));
  const Buffer buffer = buffer_of("anybody?");
  // The first may still be taken; soon one is not.
  IOError error = IOError::none;
  for (int i = 0; i < 100 && error == IOError::none; ++i) {
    error = rig.wait(pair.client->send(buffer));
    static_cast<void>(rig.wait(rig.io.timer(std::chrono::milliseconds(1))));
  }
  const bool is_told = error == IOError::broken_pipe || error == IOError::connection_reset;
  return {is_told ? "told" : to_string(error)};
}

StreamNotes calls_that_would_block_do_nothing(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  std::array<std::byte, 8> bytes{};
  StreamNotes notes{outcome(pair.server->try_recv(bytes))};
  static_cast<void>(send_all(rig, *pair.client, "four"));
  std::string got;
  while (got.size() < 4) {
    static_cast<void>(rig.wait(pair.server->readable()));
    const Result<std::uint64_t> moved = pair.server->try_recv(bytes);
    if (!moved.ok() && moved.error() != IOError::try_again) break;
    if (moved.ok()) got.append(reinterpret_cast<const char*>(bytes.data()), moved.value());
  }
  notes.push_back(got);
  return notes;
}

StreamNotes a_full_connection_takes_no_more(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const std::string block(4096, 'x');
  std::uint64_t sent = 0;
  Result<std::uint64_t> moved = std::uint64_t{0};
  for (int refused = 0; refused < 32;) {  // a call may say so at any time
    moved = pair.client->try_send(std::as_bytes(std::span(block)));
    if (!moved.ok() && moved.error() != IOError::try_again) break;
    refused = moved.ok() ? 0 : refused + 1;
    sent += moved.ok() ? moved.value() : 0;
  }
  StreamNotes notes{outcome(moved), sent > 0 ? "took some" : "took nothing"};
  const Completion writable = pair.client->writable();
  notes.push_back(writable.finished() ? "writable" : "not writable");
  std::uint64_t received = 0;
  const Buffer buffer = Buffer::allocate(65'536);
  while (received < sent) {
    const Completion part = pair.server->recv(buffer);
    if (rig.wait(part) != IOError::none || part.result() == 0) break;
    received += part.result();
  }
  notes.push_back(received == sent ? "all of it came" : "something is missing");
  notes.push_back(outcome(rig, writable));
  return notes;
}

StreamNotes nobody_listens(StreamRig& rig) {
  Result<std::unique_ptr<Listener>> door = rig.io.listen(rig.address);
  const std::string address = door.value()->address();
  std::move(door).value() = nullptr;
  return {outcome(rig, rig.io.connect(address))};
}

StreamNotes an_address_is_listened_at_once(StreamRig& rig) {
  const std::unique_ptr<Listener> door = std::move(rig.io.listen(rig.address)).value();
  return {to_string(rig.io.listen(door->address()).error())};
}

StreamNotes a_closed_listener_cancels(StreamRig& rig) {
  std::unique_ptr<Listener> door = std::move(rig.io.listen(rig.address)).value();
  const Completion accepted = door->accept();
  door = nullptr;
  return {outcome(rig, accepted)};
}

StreamNotes a_wait_can_be_cancelled(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const Buffer buffer = Buffer::allocate(4);
  const Completion waiting = pair.server->recv(buffer);
  waiting.cancel();
  StreamNotes notes{outcome(rig, waiting)};
  static_cast<void>(send_all(rig, *pair.client, "next"));
  notes.push_back(receive(rig, *pair.server, 4));
  return notes;
}

StreamNotes a_connect_can_be_cancelled(StreamRig& rig) {
  const std::unique_ptr<Listener> door = std::move(rig.io.listen(rig.address)).value();
  const Completion connected = rig.io.connect(door->address());
  const bool is_made = connected.finished();
  connected.cancel();
  const std::string how = outcome(rig, connected);
  return {is_made ? "ECANCELED" : how};
}

StreamNotes no_bytes_are_invalid(StreamRig& rig) {
  const StreamPair pair = connect_pair(rig);
  const Buffer none;
  return {outcome(rig, pair.client->send(none)), outcome(rig, pair.client->recv(none)),
          outcome(pair.client->try_send({})), outcome(pair.client->try_recv({}))};
}

}  // namespace

const std::vector<StreamRule>& stream_rules() {
  static const std::vector<StreamRule> rules{
      {"bytes go both ways",
       {"none", "hello, server", "none", "hello, client"},
       &bytes_go_both_ways},
      {"sends have no borders", {"ab", "cdef"}, &sends_have_no_borders},
      {"several buffers are one send", {"5", "abcde"}, &several_buffers_are_one_send},
      {"what was sent comes before the end",
       {"0", "last words", "none", "heard"},
       &what_was_sent_comes_before_the_end},
      {"nothing is sent after a shutdown", {"EPIPE", "EPIPE"}, &nothing_is_sent_after_a_shutdown},
      {"a close ends the stream", {"0", "bye", "EBADF", "EBADF"}, &a_close_ends_the_stream},
      {"destroying it closes it", {""}, &destroying_it_closes_it},
      {"a close cancels what waits", {"ECANCELED", "0"}, &a_close_cancels_what_waits},
      {"unread bytes at a close are a reset", {"ECONNRESET"}, &unread_bytes_at_a_close_are_a_reset},
      {"a loss is told each time",
       {"ECONNRESET", "ECONNRESET", "EPIPE", "ECONNRESET", "ENOTCONN"},
       &a_loss_is_told_each_time},
      {"who sends first is told of a loss",
       {"ECONNRESET", "EPIPE", "ECONNRESET"},
       &who_sends_first_is_told_of_a_loss},
      {"who receives no more may send",
       {"0", "0", "0", "none", "still here"},
       &who_receives_no_more_may_send},
      {"a shutdown wakes who receives", {"0", "0", ""}, &a_shutdown_wakes_who_receives},
      {"sending to a closed end fails", {"told"}, &sending_to_a_closed_end_fails},
      {"calls that would block do nothing", {"EAGAIN", "four"}, &calls_that_would_block_do_nothing},
      {"a full connection takes no more",
       {"EAGAIN", "took some", "not writable", "all of it came", "0"},
       &a_full_connection_takes_no_more},
      {"nobody listens", {"ECONNREFUSED"}, &nobody_listens},
      {"an address is listened at once", {"EADDRINUSE"}, &an_address_is_listened_at_once},
      {"a closed listener cancels", {"ECANCELED"}, &a_closed_listener_cancels},
      {"a wait can be cancelled", {"ECANCELED", "next"}, &a_wait_can_be_cancelled},
      {"a connect can be cancelled", {"ECANCELED"}, &a_connect_can_be_cancelled},
      {"no bytes are invalid", {"EINVAL", "EINVAL", "EINVAL", "EINVAL"}, &no_bytes_are_invalid},
  };
  return rules;
}

StreamPair connect_pair(StreamRig& rig) {
  StreamPair pair;
  pair.door = std::move(rig.io.listen(rig.address)).value();
  const Completion accepted = pair.door->accept();
  const Completion connected = rig.io.connect(pair.door->address());
  REPRISE_ASSERT(rig.wait(connected) == IOError::none && rig.wait(accepted) == IOError::none,
                 "a connection to a listener is made");
  pair.client = rig.io.take_stream(connected);
  pair.server = rig.io.take_stream(accepted);
  return pair;
}

std::string joined(const StreamNotes& notes) {
  std::string text;
  for (const std::string& note : notes) text += note + '\n';
  return text;
}

IOError send_all(StreamRig& rig, Stream& stream, std::string_view text) {
  const Buffer bytes = buffer_of(text);
  std::size_t sent = 0;
  while (sent < text.size()) {
    const Completion part = stream.send(bytes.slice(sent, text.size() - sent));
    if (const IOError error = rig.wait(part); error != IOError::none) return error;
    sent += part.result();
  }
  return IOError::none;
}

std::string receive(StreamRig& rig, Stream& stream, std::size_t size) {
  std::string text;
  while (text.size() < size) {
    const Buffer buffer = Buffer::allocate(size - text.size());
    const Completion part = stream.recv(buffer);
    if (const IOError error = rig.wait(part); error != IOError::none) {
      return text + ' ' + to_string(error);
    }
    if (part.result() == 0) break;
    text += text_of(buffer, part.result());
  }
  return text;
}

}  // namespace reprise::tests
