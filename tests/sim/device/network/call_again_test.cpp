// Code whose calls say "again", over a Stream: a library of counted messages, as one would write it
// in C over a socket that does not block.
#include "tests/support/stream_rules.h"
#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

using namespace reprise;
using namespace reprise::tests;

namespace {

constexpr int wants_read = -1;
constexpr int wants_write = -2;
constexpr int failed = -3;

/// Messages with their length in front. A call keeps where it is, and does nothing twice.
class Messages {
 public:
  explicit Messages(Stream& stream) : stream_(stream) {}

  int write(std::string_view message) {
    if (out_.empty()) out_ = static_cast<char>(message.size()) + std::string(message);
    while (written_ < out_.size()) {
      const auto rest = std::as_bytes(std::span(out_).subspan(written_));
      const Result<std::uint64_t> moved = stream_.try_send(rest);
      if (!moved.ok()) return moved.error() == IOError::try_again ? wants_write : failed;
      written_ += moved.value();
    }
    out_.clear();
    written_ = 0;
    return static_cast<int>(message.size());
  }

  int read(std::string& message) {
    for (;;) {
      if (!in_.empty() && in_.size() == 1 + static_cast<std::size_t>(in_[0])) break;
      std::byte next{};
      const Result<std::uint64_t> moved = stream_.try_recv({&next, 1});
      if (!moved.ok()) return moved.error() == IOError::try_again ? wants_read : failed;
      if (moved.value() == 0) return 0;
      in_ += static_cast<char>(next);
    }
    message = in_.substr(1);
    in_.clear();
    return static_cast<int>(message.size());
  }

  Again classify(int answer) const {
    if (answer == wants_read) return Again::when_readable(stream_);
    if (answer == wants_write) return Again::when_writable(stream_);
    return Again::no();
  }

 private:
  Stream& stream_;
  std::string out_;
  std::size_t written_ = 0;
  std::string in_;
};

class Exchange {
 public:
  RunResult run(std::uint64_t seed) {
    const auto random = make_random_strategy(*built_in_profile("chaos"));
    random->reseed(seed);
    heard_.clear();
    return toy_.check(*random);
  }
  const std::string& heard() const { return heard_; }

 private:
  static void serve(Sim& sim, Stream& stream) {
    Messages messages(stream);
    std::string message;
    for (;;) {
      const auto classify = [&](int answer) { return messages.classify(answer); };
      if (sim.await_again([&] { return messages.read(message); }, classify).value() == 0) return;
      const std::string answer = message + '!';
      static_cast<void>(sim.await_again([&] { return messages.write(answer); }, classify));
    }
  }
  void ask(Sim& sim, Stream& stream) {
    Messages messages(stream);
    const auto classify = [&](int answer) { return messages.classify(answer); };
    for (const std::string_view word : {"one", "two"}) {
      static_cast<void>(sim.await_again([&] { return messages.write(word); }, classify));
      std::string answer;
      static_cast<void>(sim.await_again([&] { return messages.read(answer); }, classify));
      heard_ += answer;
    }
  }

  std::string heard_;
  Toy toy_{[this](Sim& sim) {
    sim.connection_capacity(3);
    const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
    sim.task("server", [&] {
      const Completion accepted = door->accept();
      if (sim.wait(accepted) != IOError::none) return;
      serve(sim, *sim.io().take_stream(accepted));
    });
    sim.task("client", [&] {
      const Completion connected = sim.io().connect(":7000");
      if (sim.wait(connected) != IOError::none) return;
      ask(sim, *sim.io().take_stream(connected));
    });
    sim.run();
  }};
};

}  // namespace

TEST_CASE("network: calls that say again go on where they were") {
  Exchange exchange;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    const RunResult result = exchange.run(seed);
    CHECK(found(result) == "");
    REQUIRE(exchange.heard() == "one!two!");
  }
}

TEST_CASE("network: a call does not say for ever that it would block") {
  Profile profile = *built_in_profile("calm");
  profile.rate(DecisionKind::would_block) = {1, 1};
  const auto random = make_random_strategy(profile);
  int refused = 0;
  Toy toy([&](Sim& sim) {
    refused = 0;
    sim.task("t", [&] {
      StreamRig rig{sim.io(), ":0", [&](const Completion& c) { return sim.wait(c); }};
      const StreamPair pair = connect_pair(rig);
      const std::array<std::byte, 4> bytes{};
      while (pair.client->try_send(bytes).error() == IOError::try_again && refused < 100) ++refused;
    });
    sim.run();
  });
  CHECK(found(toy.run(*random)) == "");
  CHECK(refused == 8);
}

TEST_CASE("network: a call does not take what one that waits is to get") {
  StreamNotes notes;
  Toy toy([&](Sim& sim) {
    notes.clear();
    sim.task("t", [&] {
      StreamRig rig{sim.io(), ":0", [&](const Completion& c) { return sim.wait(c); }};
      const StreamPair pair = connect_pair(rig);
      const Buffer buffer = Buffer::allocate(4);
      const Completion waiting = pair.server->recv(buffer);
      static_cast<void>(send_all(rig, *pair.client, "four"));
      static_cast<void>(sim.wait(pair.server->readable()));
      std::array<std::byte, 4> bytes{};
      notes.push_back(to_string(pair.server->try_recv(bytes).error()));
      static_cast<void>(sim.wait(waiting));
      notes.push_back(std::to_string(waiting.result()));
    });
    sim.run();
  });
  // The two that wait are delivered in either order: here the one that was submitted last.
  const std::string ready = "t/ready(:49152)#1/delivery";
  const std::string received = "t/recv(:49152)#1/delivery";
  CHECK(found(toy.run(lazy_plan({}, {ready, received}))) == "");
  CHECK(toy.missed().none());
  CHECK(joined(notes) == "EAGAIN\n4\n");
}

namespace {

/// What is found where a call that could send, or receive, says that it would block, and waits for
/// `readiness` to be made again. The other way there is nothing to come, or no room.
RunResult tries_and_waits(bool sends, Readiness readiness) {
  Toy toy([=](Sim& sim) {
    sim.connection_capacity(4);
    sim.task("t", [&] {
      StreamRig rig{sim.io(), ":0", [&](const Completion& c) { return sim.wait(c); }};
      const StreamPair pair = connect_pair(rig);
      std::array<std::byte, 4> bytes{};
      if (!sends) {
        static_cast<void>(send_all(rig, *pair.client, "four"));
        static_cast<void>(send_all(rig, *pair.server, "full"));
        static_cast<void>(sim.wait(pair.client->readable()));
      }
      Stream& stream = *pair.client;
      static_cast<void>(
          sim.await_again([&] { return sends ? stream.try_send(bytes) : stream.try_recv(bytes); },
                          [&](const Result<std::uint64_t>& moved) {
                            if (moved.ok()) return Again::no();
                            return readiness == Readiness::readable   ? Again::when_readable(stream)
                                   : readiness == Readiness::writable ? Again::when_writable(stream)
                                                                      : Again::when_either(stream);
                          }));
    });
    sim.run();
  });
  Profile profile = *built_in_profile("calm");
  profile.rate(DecisionKind::would_block) = {1, 1};
  const auto random = make_random_strategy(profile);
  return toy.run(*random);
}

}  // namespace

TEST_CASE("network: who waits for the wrong direction is told so") {
  for (const bool sends : {true, false}) {
    CAPTURE(sends);
    CHECK(found(tries_and_waits(sends, Readiness::either)) == "");
    CHECK(found(tries_and_waits(sends, sends ? Readiness::writable : Readiness::readable)) == "");
    const RunResult waits =
        tries_and_waits(sends, sends ? Readiness::readable : Readiness::writable);
    CHECK(found(waits) == "deadlock");
    REQUIRE(waits.finding);
    CHECK(waits.finding->signature.find("the wrong direction waited for") != std::string::npos);
  }
}
