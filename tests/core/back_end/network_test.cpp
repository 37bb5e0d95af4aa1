// What real sockets alone can show: addresses, many connections, descriptors, the end of a peer.
#include <reprise/core/network/stream.h>

#include <doctest/doctest.h>
#include <reprise/core/await.h>
#include <reprise/core/back_end/loop.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/back_ends.h"
#include "tests/support/stream_rules.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

StreamRig rig_of(BackEnd& io, std::string address = "127.0.0.1:0") {
  return {io, std::move(address), [&io](const Completion& c) { return finish(io, c); }};
}

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

std::byte byte_at(std::uint64_t place) { return static_cast<std::byte>(place * 31 + place / 251); }

// Sends and receives a megabyte at the same time, in parts of odd sizes.
struct Traffic {
  Stream& stream;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t wrong = 0;
  std::uint64_t parts = 0;
  Buffer out = Buffer::allocate(100'003);
  Buffer in = Buffer::allocate(30'011);
  Completion sending = {};
  Completion receiving = {};

  static constexpr std::uint64_t size = 1'000'000;

  IOResult<Unit> send() {
    while (sent < size) {
      if (!sending) {
        const std::uint64_t count = std::min<std::uint64_t>(out.size(), size - sent);
        for (std::uint64_t i = 0; i < count; ++i) out.data()[i] = byte_at(sent + i);
        sending = stream.send(out.slice(0, count));
      }
      if (!sending.finished()) IO_YIELD_ONE(sending);
      const Completion done = std::exchange(sending, {});
      if (!done.succeeded()) return done.get_error();
      sent += done.result();
      ++parts;
    }
    return Unit{};
  }

  IOResult<Unit> receive() {
    while (received < size) {
      if (!receiving) receiving = stream.recv(in);
      if (!receiving.finished()) IO_YIELD_ONE(receiving);
      const Completion done = std::exchange(receiving, {});
      if (!done.succeeded()) return done.get_error();
      if (done.result() == 0) return IOError::broken_pipe;
      for (std::uint64_t i = 0; i < done.result(); ++i) {
        if (in.data()[i] != byte_at(received + i)) ++wrong;
      }
      received += done.result();
    }
    return Unit{};
  }
};

}  // namespace

TEST_CASE_TEMPLATE("real network: a listener says where it listens", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const auto prefix_of = [&](std::string_view address) {
    const Result<std::unique_ptr<Listener>> door = io->listen(address);
    REQUIRE(door.error() == IOError::none);
    const std::string full = door.value()->address();
    CHECK(full.substr(full.rfind(':')) != ":0");
    return full.substr(0, full.rfind(':') + 1);
  };
  CHECK(prefix_of("127.0.0.1:0") == "127.0.0.1:");
  CHECK(prefix_of("localhost:0") == "127.0.0.1:");
  if (can_listen_at(*io, "[::1]:0")) CHECK(prefix_of("[::1]:0") == "[::1]:");
  CHECK(prefix_of(":0") == ":");
  CHECK(prefix_of("0.0.0.0:0") == ":");
}

TEST_CASE_TEMPLATE("real network: a listener at all addresses takes IPv4 and IPv6", Kind,
                   PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const std::unique_ptr<Listener> door = std::move(io->listen(":0")).value();
  for (const std::string host : {"127.0.0.1", "[::1]", "localhost", ""}) {
    CAPTURE(host);
    if (host == "[::1]" && !can_listen_at(*io, "[::1]:0")) continue;
    const Completion accepted = door->accept();
    const Completion connected = io->connect(host + door->address());
    CHECK(finish(*io, connected) == IOError::none);
    CHECK(finish(*io, accepted) == IOError::none);
    const std::unique_ptr<Stream> ends[] = {io->take_stream(connected), io->take_stream(accepted)};
    CHECK(ends[0] != ends[1]);
  }
}

TEST_CASE_TEMPLATE("real network: an address that is none is refused", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  for (const char* const address : {"server:7000", "example.com:80", "[::1:80", "1.2.3:80",
                                    "1.2.3.4.5:80", "[127.0.0.1]:80", "::1:80"}) {
    CAPTURE(address);
    CHECK(io->listen(address).error() == IOError::address_not_available);
    CHECK(finish(*io, io->connect(address)) == IOError::address_not_available);
  }
  for (const char* const address : {"127.0.0.1", "", ":", ":x", ":65536", "localhost:1x", ":-1"}) {
    CAPTURE(address);
    CHECK(io->listen(address).error() == IOError::invalid);
    CHECK(finish(*io, io->connect(address)) == IOError::invalid);
  }
  // An address of the documentation's, which no host here has.
  CHECK(io->listen("192.0.2.1:0").error() == IOError::address_not_available);
}

TEST_CASE_TEMPLATE("real network: a megabyte goes each way between two loops", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const std::unique_ptr<Listener> door = std::move(io->listen(":0")).value();
  const auto exchange = [](BackEnd& its, Stream& stream) {
    Loop loop(its);
    Traffic traffic{stream};
    int ends = 0;
    const auto note = [&](const Result<Unit>& end) { ends += end.ok() ? 1 : 0; };
    loop.spawn([&] { return traffic.send(); }, note);
    loop.spawn([&] { return traffic.receive(); }, note);
    const bool all_ended = loop.run() == Loop::End::done && ends == 2;
    return all_ended && traffic.received == Traffic::size && traffic.wrong == 0 &&
           traffic.parts >= 10;
  };
  bool other_is_right = false;
  std::thread other([&, address = door->address()] {
    const auto its = std::move(Kind::make()).value();  // a ring is of the thread that made it
    const Completion connected = its->connect(address);
    if (finish(*its, connected) != IOError::none) return;
    other_is_right = exchange(*its, *its->take_stream(connected));
  });
  const Completion accepted = door->accept();
  REQUIRE(finish(*io, accepted) == IOError::none);
  CHECK(exchange(*io, *io->take_stream(accepted)));
  other.join();
  CHECK(other_is_right);
}

TEST_CASE_TEMPLATE("real network: sends and recvs in flight keep their order", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  StreamRig rig = rig_of(*io);
  const StreamPair pair = connect_pair(rig);
  // All receive before anything comes, then all send.
  std::vector<Buffer> in;
  std::vector<Completion> received;
  std::vector<Completion> sent;
  for (int i = 0; i < 100; ++i) {
    in.push_back(Buffer::allocate(100));
    received.push_back(pair.server->recv(in.back()));
  }
  io->turn(BackEnd::Wait::no);
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::string part = std::to_string(i) + ',';
    text += part;
    sent.push_back(pair.client->send(bytes_of(part)));
  }
  std::string got;
  for (std::size_t i = 0; got.size() < text.size(); ++i) {
    REQUIRE(i < received.size());
    REQUIRE(finish(*io, received[i]) == IOError::none);
    got += text_in(in[i].slice(0, received[i].result()));
  }
  CHECK(got == text);
  for (const Completion& each : sent) CHECK(finish(*io, each) == IOError::none);
}

TEST_CASE_TEMPLATE("real network: two hundred connections at once", Kind, PosixBackEnd,
                   UringBackEnd) {
  const std::ptrdiff_t before = open_descriptors();
  {
    const auto io = make_back_end<Kind>();
    if (!io) return;
    const std::unique_ptr<Listener> door = std::move(io->listen(":0")).value();
    constexpr int count = 200;
    std::vector<Completion> accepted;
    std::vector<Completion> connected;
    for (int i = 0; i < count; ++i) {
      accepted.push_back(door->accept());
      connected.push_back(io->connect(door->address()));
    }
    drain(*io);
    std::vector<std::unique_ptr<Stream>> servers;
    std::vector<std::unique_ptr<Stream>> clients;
    for (const Completion& each : accepted) servers.push_back(io->take_stream(each));
    for (const Completion& each : connected) clients.push_back(io->take_stream(each));
    CHECK(open_descriptors() >= before + 2 * count);
    // The order of accepts is not known, so each client says its number and gets it back.
    std::vector<Completion> heard;
    std::vector<Buffer> words(count, Buffer{});
    for (int i = 0; i < count; ++i) {
      words[static_cast<std::size_t>(i)] = Buffer::allocate(8);
      heard.push_back(
          servers[static_cast<std::size_t>(i)]->recv(words[static_cast<std::size_t>(i)]));
    }
    for (int i = 0; i < count; ++i) {
      clients[static_cast<std::size_t>(i)]->send(bytes_of(std::to_string(i))).ignore();
    }
    drain(*io);
    std::vector<int> numbers;
    for (std::size_t i = 0; i < heard.size(); ++i) {
      REQUIRE(heard[i].succeeded());
      numbers.push_back(std::stoi(text_in(words[i].slice(0, heard[i].result()))));
    }
    std::ranges::sort(numbers);
    for (int i = 0; i < count; ++i) CHECK(numbers[static_cast<std::size_t>(i)] == i);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE_TEMPLATE("real network: no descriptor is left whatever is in flight at the end", Kind,
                   PosixBackEnd, UringBackEnd) {
  for (const int turns : {0, 1, 2, 5}) {
    CAPTURE(turns);
    const std::ptrdiff_t before = open_descriptors();
    std::vector<Completion> all;
    {
      auto io = make_back_end<Kind>();
      if (!io) return;
      StreamRig rig = rig_of(*io, ":0");
      std::optional<StreamPair> pair = connect_pair(rig);
      const Buffer buffer = Buffer::allocate(10);
      for (int i = 0; i < 5; ++i) {
        all.push_back(pair->door->accept());
        all.push_back(rig.io.connect(pair->door->address()));  // nobody takes them
        all.push_back(pair->client->recv(buffer));
        all.push_back(pair->server->readable());
      }
      all.push_back(pair->door->accept());
      for (int i = 0; i < turns; ++i) io->turn(BackEnd::Wait::no);
      pair = std::nullopt;
      io.reset();
    }
    CHECK(open_descriptors() == before);
    for (const Completion& each : all) CHECK(each.finished());
    CHECK(all.back().get_error() == IOError::cancelled);
  }
}

TEST_CASE_TEMPLATE("real network: what is submitted at the end is refused", Kind, PosixBackEnd,
                   UringBackEnd) {
  auto io = make_back_end<Kind>();
  if (!io) return;
  BackEnd& same = *io;
  std::vector<IOError> errors;
  const Completion hour = io->timer(std::chrono::hours(1), [&](const Completion&) {
    errors.push_back(same.connect("127.0.0.1:1").get_error());
    errors.push_back(same.listen("127.0.0.1:0").error());
  });
  io.reset();
  CHECK(errors == std::vector<IOError>(2, IOError::cancelled));
}

TEST_CASE_TEMPLATE("real network: the end of a peer's process is heard", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const std::unique_ptr<Listener> door = std::move(io->listen("127.0.0.1:0")).value();
  const std::string address = door->address();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A back end of its own, which the kernel ends without a word.
    const auto its = std::move(make_posix_io()).value();
    const Completion connected = its->connect(address);
    if (finish(*its, connected) != IOError::none) ::_exit(1);
    const std::unique_ptr<Stream> stream = its->take_stream(connected);
    static_cast<void>(finish(*its, stream->send(bytes_of("here"))));
    for (;;) ::pause();
  }
  const Completion accepted = door->accept();
  REQUIRE(finish(*io, accepted) == IOError::none);
  const std::unique_ptr<Stream> stream = io->take_stream(accepted);
  StreamRig rig = rig_of(*io);
  CHECK(receive(rig, *stream, 4) == "here");
  const Buffer buffer = Buffer::allocate(1);
  const Completion waiting = stream->recv(buffer);
  io->turn(BackEnd::Wait::no);
  CHECK_FALSE(waiting.finished());
  ::kill(child, SIGKILL);
  CHECK(finish(*io, waiting) == IOError::none);
  CHECK(waiting.result() == 0);
  ::waitpid(child, nullptr, 0);
  // No SIGPIPE comes, and nothing more is taken after a while.
  CHECK(send_all(rig, *stream, std::string(10'000'000, 'x')) != IOError::none);
}

TEST_CASE_TEMPLATE("real network: a close finishes after what it has cancelled", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  StreamRig rig = rig_of(*io);
  const StreamPair pair = connect_pair(rig);
  std::string order;
  const Buffer buffer = Buffer::allocate(1);
  const auto note = [&](char name) { return [&order, name](const Completion&) { order += name; }; };
  const Completion first = pair.client->recv(buffer, note('a'));
  const Completion second = pair.client->recv(buffer, note('b'));
  const Completion ready = pair.client->readable(note('c'));
  io->turn(BackEnd::Wait::no);
  const Completion closed = pair.client->close(note('d'));
  CHECK(finish(*io, closed) == IOError::none);
  CHECK(order.size() == 4);
  CHECK(order.back() == 'd');
  for (const Completion& each : {first, second, ready}) {
    CHECK(each.get_error() == IOError::cancelled);
  }
}
