// The server, source for source, with three clients whose network and whose server's power fail. A
// value whose PUT was answered is there from then on. The broken server answers before it syncs.
#include <reprise/core/deadline.h>
#include <reprise/reprise.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server.h"

using namespace reprise;

namespace key_value {
namespace {

constexpr Duration patience = std::chrono::seconds(5);

class Client {
 public:
  Client(Sim& sim, const Sim::Node& node) : sim_(sim), node_(node) {}

  /// The answer to a line, asked for until there is one, on a new connection each time. It does not
  /// matter if the server does the same twice.
  std::optional<std::string> ask(std::string_view line) {
    constexpr int attempts = 20;
    for (int i = 0; i < attempts; ++i) {
      if (std::optional<std::string> answer = ask_once(line)) return answer;
      sim_.sleep(std::chrono::seconds(1));
    }
    return std::nullopt;
  }

 private:
  bool waits(const Completion& completion) {
    return sim_.wait(with_deadline(node_.io(), completion, patience)) == IOError::none;
  }

  std::optional<std::string> ask_once(std::string_view line) {
    const Completion connected = node_.io().connect("server:7000");
    if (!waits(connected)) return std::nullopt;
    const std::unique_ptr<Stream> server = node_.io().take_stream(connected);
    const Buffer asked = Buffer::allocate(line.size());
    std::memcpy(asked.data(), line.data(), line.size());
    for (std::uint64_t sent = 0; sent < asked.size();) {
      const Completion part = server->send(asked.slice(sent, asked.size() - sent));
      if (!waits(part)) return std::nullopt;
      sent += part.result();
    }
    std::string answer;
    while (!answer.ends_with('\n')) {
      const Buffer bytes = Buffer::allocate(64);
      const Completion part = server->recv(bytes);
      if (!waits(part) || part.result() == 0) return std::nullopt;
      answer.append(reinterpret_cast<const char*>(bytes.data()), part.result());
    }
    return answer;
  }

  Sim& sim_;
  Sim::Node node_;
};

template <bool syncs>
void keep_values(Sim& sim) {
  sim.survives({.short_io = true, .connections = true, .partitions = true});
  Sim::Node node = sim.node("server");
  std::optional<Server> server;
  std::unique_ptr<Listener> door;
  std::uint32_t sessions = 0;
  const auto drive = [&](std::string_view name, Coroutine<> coroutine) {
    const auto its = std::make_shared<Coroutine<>>(std::move(coroutine));
    node.task(name, sessions++, [&sim, its] {
      static_cast<void>(sim.await([&] { return its->step(); }));  // the client knows
    });
  };
  const auto start = [&] {
    server.emplace(node.io(), "values", ServerOptions{.syncs = syncs});
    Coroutine<> recovering = server->recover();
    sim.expect(sim.await([&] { return recovering.step(); }).ok(), "the log is read");
    door = std::move(node.io().listen(":7000")).value();
    drive("accept", server->serve(*door, [&](Coroutine<> its) { drive("talk", std::move(its)); }));
  };
  node.recovers(start);
  node.task("start", start);
  Durable<std::string, std::string> kept(
      node, "the server", [&](const std::string& name) { return server->get(name); });
  for (const char* const name : {"a", "b", "c"}) {
    const Sim::Node computer = sim.node(name);
    computer.task("client", [&, name, computer] {
      Client client(sim, computer);
      for (const char* const number : {"1", "2"}) {
        const std::string key = std::string(name) + number;
        const std::string value = "the value of " + key;
        const auto put = kept.put(key, value, [&]() -> Outcome<Unit> {
          if (client.ask("PUT " + key + ' ' + value + '\n') == "OK\n") {
            return Outcome<Unit>(Unit{});
          }
          return Outcome<Unit>::failed(IOError::timed_out);
        });
        const std::optional<std::string> answer = client.ask("GET " + key + '\n');
        if (!put.ok() || !answer) continue;
        sim.expect_eq(*answer, "VALUE " + value + '\n');
      }
    });
  }
  sim.run();
}

CANARY("key-value/server", "durability", keep_values<false>, keep_values<true>);

}  // namespace
}  // namespace key_value
