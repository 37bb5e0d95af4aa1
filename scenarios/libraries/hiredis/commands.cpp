// hiredis writes commands and reads answers that come in any pieces from a small server. Answers
// are the same as in one piece.
#include "scenarios/libraries/hiredis/store.h"

#include <reprise/reprise.h>

#include <hiredis/hiredis.h>
#include <cstdint>
#include <string>
#include <vector>

namespace reprise::libraries::hiredis {
namespace {

std::string command_of(const Words& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  char* command = nullptr;
  const int size =
      redisFormatCommandArgv(&command, static_cast<int>(words.size()), texts.data(), sizes.data());
  std::string text(command, static_cast<std::size_t>(size));
  redisFreeCommand(command);
  return text;
}

SCENARIO("libraries/hiredis") {
  sim.survives({.short_io = true, .connections = true});
  connect_and_run(
      sim, [&](Stream& stream) { serve(sim, stream); },
      [&](Stream& stream) {
        Store model;
        const Reader reader = make_reader();
        for (std::uint32_t left = 1 + sim.choose("commands", 8); left > 0; --left) {
          const Words words = choose_command(sim);
          if (!network::send_all(sim, stream, command_of(words))) return;
          const Reply reply = next(sim, stream, *reader);
          if (reply == nullptr) return;
          sim.expect_eq(in_words(*static_cast<redisReply*>(reply.get())),
                        answer_in_words(model, words));
          sim.reached("an answer");
        }
      });
}

}  // namespace
}  // namespace reprise::libraries::hiredis
