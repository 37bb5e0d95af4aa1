// Files that came out wrong: thousands of ways to damage a trace, a certificate, a profile or the
// result of a shard, of which each build tries some. Whatever is in them, the program neither dies
// nor hangs, and says in one sentence what is wrong.
#include <doctest/doctest.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using tests::Captured;
using tests::TemporaryFolder;

constexpr int timed_out = 124;  // of timeout(1)

std::string program() {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  return path;
}

const std::vector<std::string>& odd_values() {
  static const std::vector<std::string> values = {
      "-1",
      "0",
      "99999999999999999999",
      "1e308",
      "1e309",
      "NaN",
      "Infinity",
      "18446744073709551615",
      "18446744073709551616",
      "-9223372036854775808",
      "4294967296",
      "1.5",
      "0x10",
      "00",
      "-0",
      std::string(5'000, '1'),
      "\"\"",
      "\"\\u0000\"",
      "\"\\ud800\"",
      '"' + std::string(100'000, 'a') + '"',
      "null",
      "true",
      "[]",
      "{}",
      "\"*\"",
      "\"../../../../etc/passwd\"",
      "\"0xffffffffffffffffff\"",
      "\"\\n\\r\\t\\u001b[31mX\"",
      "\"%s%n%s\"",
      "\"reentry/counter-add/broken\"",
      "\"pager/clients\"",
  };
  return values;
}

// Damages one text, each time in another way; the same ways in each build.
class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string mutant(std::string text) {
    for (std::uint32_t left = 1 + below(2); left > 0; --left) {
      switch (below(8)) {
        case 0:
        case 1: damage_bytes(text); break;
        case 2:
        case 3: replace(text, random_token(text)); break;
        case 4: leave_out(text); break;
        case 5: swap_tokens(text); break;
        case 6: repeat(text); break;
        default: nest(text); break;
      }
    }
    return text;
  }

  std::uint32_t below(std::size_t bound) {
    return static_cast<std::uint32_t>(random_.below(static_cast<std::uint32_t>(bound)));
  }

 private:
  using Token = std::pair<std::size_t, std::size_t>;  // where, and how long

  // Strings, numbers and words.
  static std::vector<Token> tokens_of(const std::string& text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at;
      if (text[at] == '"') {
        for (++end; end < text.size() && text[end] != '"'; ++end)
          end += text[end] == '\\' ? 1U : 0U;
        end = std::min(end + 1, text.size());
      } else {
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                     text[end] == '-' || text[end] == '.')) {
          ++end;
        }
      }
      if (end > at) tokens.emplace_back(at, end - at);
      at = std::max(end, at + 1);
    }
    return tokens;
  }

  Token random_token(const std::string& text) {
    const std::vector<Token> tokens = tokens_of(text);
    return tokens.empty() ? Token{0, 0} : tokens[below(tokens.size())];
  }

  void replace(std::string& text, Token token) {
    text.replace(token.first, token.second, odd_values()[below(odd_values().size())]);
  }

  void leave_out(std::string& text) {
    const Token token = random_token(text);
    text.erase(token.first, token.second + below(3));
  }

  void swap_tokens(std::string& text) {
    const Token from = random_token(text);
    const std::string copy = text.substr(from.first, from.second);
    const Token to = random_token(text);
    text.replace(to.first, to.second, copy);
  }

  // A piece of the text once more, a key twice and the like.
  void repeat(std::string& text) {
    const Token from = random_token(text);
    const Token to = random_token(text);
    const std::string piece = text.substr(from.first, from.second + 1 + below(100));
    for (std::uint32_t left = below(2) == 0 ? 1 : below(300); left > 0; --left) {
      text.insert(to.first, piece + (below(2) == 0 ? ", " : ""));
    }
  }

  void nest(std::string& text) {
    constexpr std::array<std::size_t, 3> depths = {10, 1'000, 100'000};
    const std::size_t depth = depths[below(depths.size())];
    const bool is_list = below(2) == 0;
    std::string nested;
    for (std::size_t i = 0; i < depth; ++i) nested += is_list ? "[" : "{\"a\":";
    nested += below(2) == 0 ? "1" : "";
    if (below(2) == 0) nested.append(depth, is_list ? ']' : '}');
    const Token token = random_token(text);
    text.replace(token.first, token.second, nested);
  }

  void damage_bytes(std::string& text) {
    for (std::uint32_t left = 1 + below(4); left > 0 && !text.empty(); --left) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0: text[at] = static_cast<char>(below(256)); break;
        case 1: text[at] = static_cast<char>(text[at] ^ (1 << below(8))); break;
        case 2: text.erase(at, 1 + below(40)); break;
        case 3: text.insert(at, std::string(1 + below(8), static_cast<char>(below(256)))); break;
        default: text.resize(at); break;
      }
    }
  }

  Random random_;
};

bool is_plain(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') return false;
  }
  return true;
}

void check_answer(const Captured& captured) {
  CHECK(captured.exit != timed_out);
  CHECK(captured.exit >= 0);
  CHECK(captured.exit <= 5);
  CHECK(is_plain(captured.out));
  CHECK(is_plain(captured.err));
  if (captured.exit != 2) return;
  CHECK(captured.err.starts_with("error: "));
  CHECK(captured.err.find('\n') == captured.err.size() - 1);
  CHECK(captured.err.size() < 600);
  for (const char* const inner : {"json.exception", "terminate", "std::"}) {
    CHECK(captured.err.find(inner) == std::string::npos);
  }
}

struct Bench {
  TemporaryFolder folder;

  Captured run(const std::string& arguments) const {
    return tests::capture_command("cd '" + folder.path() + "' && timeout -s KILL 20 '" + program() +
                                  "' " + arguments);
  }
  /// Tries `count` mutants of a file with `command`, in which @ stands for the mutant's name.
  void try_mutants(const std::string& path, const std::vector<std::string>& commands, int count,
                   std::uint64_t seed) const {
    const std::string text = TemporaryFolder::read(path);
    REQUIRE(!text.empty());
    Mutator mutator(seed);
    for (int i = 0; i < count; ++i) {
      const std::string mutant = mutator.mutant(text);
      folder.write("mutant.json", mutant);
      std::string command = commands[mutator.below(commands.size())];
      command.replace(command.find('@'), 1, "mutant.json");
      CAPTURE(i);
      CAPTURE(command);
      const Captured captured = run(command);
      check_answer(captured);
    }
  }
};

}  // namespace

TEST_CASE("mutants: no trace ends the program whatever is in it") {
  const Bench bench;
  REQUIRE(bench.run("fuzz reentry/counter-add/broken --full --seeds 100 -q -j 1").exit == 1);
  for (const auto& entry : std::filesystem::directory_iterator(bench.folder / "traces")) {
    bench.try_mutants(entry.path().string(), {"replay @", "show @", "shrink @ --out shrunk"}, 60,
                      1);
  }
}

TEST_CASE("mutants: no result of a shard ends the program") {
  const Bench bench;
  const std::string fuzz = "fuzz reentry/counter-add/broken --seed 1 --seeds 50 -q -j 1 --out out";
  REQUIRE(bench.run(fuzz + " --shard 1/2 --keep-going").exit == 1);
  bench.try_mutants(bench.folder / "out/1-of-2.shard", {"merge @", "merge --json @"}, 60, 4);
  const std::string sweep = "sweep reentry/counter-add/mended -q -j 1 --out out --shard 2/3";
  REQUIRE(bench.run(sweep).exit == 0);
  bench.try_mutants(bench.folder / "out/2-of-3.shard", {"merge @ --certificate now.json"}, 30, 5);
}

TEST_CASE("mutants: no certificate and no profile ends the program") {
  const Bench bench;
  const std::string sweep = "sweep reentry/counter-add/mended -q -j 1 ";
  REQUIRE(bench.run(sweep + "--certificate certificate.json").exit == 0);
  bench.try_mutants(bench.folder / "certificate.json", {sweep + "--compare @"}, 30, 2);
  const std::string profile = bench.folder.write("profile.json", R"({
  "name": "mine", "rates": {"yield": "1/10", "error": "1/50"}, "latency_bits": 8
})");
  bench.try_mutants(profile, {"fuzz reentry/counter-add/mended -q -j 1 --seeds 5 --profile ./@"},
                    30, 3);
}

}  // namespace reprise
