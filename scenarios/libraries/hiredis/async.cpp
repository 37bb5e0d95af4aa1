// The asynchronous interface of hiredis sends many commands before it has their answers, and
// disconnects. Each callback is called once, in order, with the right answer, or with none where
// the connection is lost.
#include "scenarios/libraries/hiredis/async_client.h"
#include "scenarios/libraries/hiredis/store.h"

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace reprise::libraries::hiredis {
namespace {

struct Commands {
  Sim& sim;
  Store model = {};
  std::deque<Words> asked = {};

  void send(redisAsyncContext* context) {
    asked.push_back(choose_command(sim));
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : asked.back()) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const auto count = static_cast<int>(texts.size());
    if (redisAsyncCommandArgv(context, &Commands::answered, this, count, texts.data(),
                              sizes.data()) != REDIS_OK) {
      asked.pop_back();
    }
  }
  static void answered(redisAsyncContext* context, void* reply, void* self) {
    auto& [sim, model, asked] = *static_cast<Commands*>(self);
    if (!sim.expect(!asked.empty(), "a callback is called once")) return;
    const Words words = asked.front();
    asked.pop_front();
    if (reply == nullptr) {
      sim.expect(context->err != 0, "a command without an answer has an error");
      return;
    }
    sim.expect_eq(in_words(*static_cast<redisReply*>(reply)), answer_in_words(model, words));
    sim.reached("an answer");
  }
};

void talk(Sim& sim) {
  AsyncClient client(sim, "127.0.0.1", 7000);
  Commands commands{sim};
  std::uint32_t left = 1 + sim.choose("commands", 8);
  while (client.context() != nullptr) {
    if (left > 0 && sim.flip("waits before the next command")) client.step();
    if (client.context() == nullptr) break;
    if (left > 0) {
      --left;
      commands.send(client.context());
      if (left == 0) redisAsyncDisconnect(client.context());
    } else {
      client.step();
    }
  }
  sim.expect(commands.asked.empty(), "each callback was called");
}

SCENARIO("libraries/hiredis-async") {
  sim.survives({.short_io = true, .connections = true});
  sim.connection_capacity(500 - sim.choose("less capacity", 490));
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    for (;;) {
      if (const auto stream = network::accept(sim, sim.io(), *door)) serve(sim, *stream);
    }
  });
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets of hiredis", [sockets] { return sockets.open(); });
  sim.task("client", [&] { talk(sim); });
  sim.run();
}

}  // namespace
}  // namespace reprise::libraries::hiredis
