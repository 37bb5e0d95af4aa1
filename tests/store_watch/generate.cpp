// Prints random machines as C++: `generate SEED COUNT`. Each is built of pieces that are sound by
// construction, and has a twin with one change planted before an await, which is broken by
// construction; the two are a canary pair, `generated/SEED-K`. The same seed prints the same text.
#include <reprise/sim/strategy/random_numbers.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using reprise::Random;

// Pieces of a function's body. All names but `mine`, which is a local of it, are members.

// Sound before an await: nothing that outlives the entry is changed, or not a second time.
constexpr std::array harmless{
    "for (std::uint64_t i = 0; i < 7; ++i) mine += i * total;\n",
    "std::vector<std::uint64_t> scratch{1, 2, 3};\n"
    "for (std::uint64_t i = 0; i < 9; ++i) scratch.push_back(i ^ mine);\n"
    "mine += scratch.size();\n",
    "std::map<std::uint64_t, std::string> names;\n"
    "for (std::uint64_t i = 0; i < 4; ++i) names[mine % (i + 2)] += std::to_string(i);\n"
    "mine += names.size();\n",
    "const auto boxed = std::make_unique<std::uint64_t>(mine);\n"
    "*boxed += 3;\n"
    "mine = *boxed;\n",
    "const auto shared = std::make_shared<std::uint64_t>(total);\n"
    "const std::shared_ptr<std::uint64_t> second = shared;\n"
    "*second += mine;\n"
    "mine += *shared;\n",
    "const Guard guard(depth);\n"
    "mine += depth;\n",
    "path.reserve(8);\n"
    "path.push_back(mine);\n"
    "mine += path.back();\n"
    "path.pop_back();\n",
    "std::swap(left, right);\n"
    "mine += left;\n"
    "std::swap(left, right);\n",
    "busy = true;\n"
    "mode = 3;\n",
    "highest = std::max(highest, total);\n"
    "memo[total] = total * 2;\n"
    "mine += memo[total];\n",
    "const auto add = [&](std::uint64_t amount) { mine += amount; };\n"
    "add(total);\n"
    "add(5);\n",
    "std::array<std::uint64_t, 200> table;\n"
    "for (std::size_t i = 0; i < table.size(); ++i) table[i] = i + mine;\n"
    "mine = table[total % table.size()];\n",
    "mine += collatz(27 + total % 5, mine);\n",
    "Pair pair = kept;\n"
    "pair.first += mine;\n"
    "std::swap(pair.first, pair.second);\n"
    "mine = pair.first + pair.second;\n",
    "const std::string text = \"at \" + std::to_string(mine) + std::string(mine % 40, '.');\n"
    "mine += text.size();\n",
    "if (!lazy) lazy = std::make_unique<Pair>(Pair{1, 2});\n"
    "mine += lazy->second;\n",
    "kept = Pair{4, 5};\n"
    "mine += kept.first;\n",
};

// Progress: made once, behind the await that it follows, by the step that is then left.
constexpr std::array progress{
    "total += 1;\n",
    "total += mine % 16;\n",
    "log.push_back(total);\ntotal += log.size();\n",
    "memo.clear();\ntotal += 2;\n",
    "kept.second += 1;\ntotal += 1;\nkept.second -= 1;\n",
};

// Changed before an await, and changed again by the re-entry.
constexpr std::array mistakes{
    "hits += 1;\n",
    "log.push_back(hits);\n",
    "seen.insert({seen.size(), 7});\n",
    "slots[used++ % slots.size()] = 9;\n",
    "odd = !odd;\n",
    "kept_copy.first += 2;\nstd::memcpy(&record, &kept_copy, sizeof record);\n",
    "touch(hits);\n",
    "const auto note = [&] { ++depth; };\nnote();\n",
    "chain = std::make_unique<Link>(Link{hits, std::move(chain)});\n",
    "bits.age = (bits.age + 1) & 0xff;\n",
};

constexpr std::string_view head =
    R"(// Random machines and their broken twins. Printed by a program: change that, not this.
#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::generated {
namespace {

struct Pair {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};
struct Link {
  std::uint64_t value = 0;
  std::unique_ptr<Link> next = {};
  static std::uint64_t length(const std::unique_ptr<Link>& first) {
    return first ? 1 + length(first->next) : 0;
  }
};
struct Bits {
  unsigned valid : 1;
  unsigned age : 8;
};
struct Guard {
  std::uint64_t& depth;
  explicit Guard(std::uint64_t& of) : depth(of) { ++depth; }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  ~Guard() { --depth; }
};

inline std::uint64_t collatz(std::uint64_t value, std::uint64_t steps) {
  if (value == 1) return steps;
  return collatz(value % 2 == 0 ? value / 2 : 3 * value + 1, steps + 1);
}
[[gnu::noinline, maybe_unused]] void touch(std::uint64_t& value) { value += 1; }

// All that the machines keep.
struct State {
  NumberFile file;
  std::uint64_t at = 0;     // which step
  std::uint64_t turns = 0;  // of the step's loop
  std::uint64_t total = 0;
  std::uint64_t hits = 0;
  std::uint64_t depth = 0;
  std::uint64_t left = 3;
  std::uint64_t right = 4;
  std::uint64_t mode = 0;
  std::uint64_t highest = 0;
  std::uint64_t used = 0;
  bool busy = false;
  bool odd = false;
  Bits bits{1, 0};
  Pair kept = {4, 5};
  Pair kept_copy = {};
  Pair record = {};
  std::array<std::uint64_t, 8> slots = {};
  std::vector<std::uint64_t> path = {};
  std::vector<std::uint64_t> log = {};
  std::map<std::uint64_t, std::uint64_t> memo = {};
  std::map<std::uint64_t, std::uint64_t> seen = {};
  std::unique_ptr<Pair> lazy = {};
  std::unique_ptr<Link> chain = {};

  std::uint64_t shown() const {
    return total + 1000 * (hits + log.size() + seen.size() + used + depth + bits.age) +
           (odd ? 500'000 : 0) + 1'000'000 * record.first + Link::length(chain);
  }
};
)";

constexpr std::string_view tail = R"(
}  // namespace
}  // namespace reprise::watched::generated
)";

// Each line two spaces further in.
std::string indented(const std::string& lines) {
  std::string text;
  std::size_t begin = 0;
  while (begin < lines.size()) {
    const std::size_t end = lines.find('\n', begin) + 1;
    text += "  " + lines.substr(begin, end - begin);
    begin = end;
  }
  return text;
}

std::string block(const std::string& opening, const std::string& lines) {
  return opening + "{\n" + indented(lines) + "}\n";
}

// The local, anew for each await: what it is then does not depend on how the entry came there.
std::string mine(int value) {
  return "[[maybe_unused]] std::uint64_t mine = " + std::to_string(value) + ";\n";
}

// One machine: steps in a row, each with a state of its own, an await, and what is done after it.
class Machine {
 public:
  Machine(Random& random, std::string name) : random_(random), name_(std::move(name)) {}

  std::string print() {
    const std::uint32_t steps = 1 + random_.below(4);
    const std::uint32_t planted = random_.below(steps);
    std::string body;
    for (std::uint32_t at = 0; at < steps; ++at) body += one_step(at, at == planted);
    body += "at = 0;\nbusy = false;\nreturn Unit{};\n";
    const std::string step = block("IOResult<Unit> step() ", body);
    return "\ntemplate <bool broken>\nstruct " + name_ + " : State {\n" +
           indented(callees_ + step) + "};\n";
  }

 private:
  template <class Lines>
  std::string one_of(const Lines& lines) {
    return lines[random_.below(static_cast<std::uint32_t>(lines.size()))];
  }

  // Sound pieces, and in one place of the broken twin a mistake. The last piece has no block, so
  // that a guard or a scratch vector may live on over the await.
  std::string before_await(bool planted) {
    std::string lines;
    const std::uint32_t pieces = random_.below(3);
    const std::uint32_t at = random_.below(pieces + 1);
    for (std::uint32_t piece = 0; piece <= pieces; ++piece) {
      if (planted && piece == at) lines += block("if constexpr (broken) ", one_of(mistakes));
      const std::string sound = one_of(harmless);
      lines += piece < pieces ? block("", sound) : sound;
    }
    return lines;
  }

  std::string awaited() {
    switch (random_.below(3)) {
      case 0: return "RETURN_IF_IO(file.write(mine % 8, total));\n";
      case 1: return "mine += RETURN_IF_IO(file.read(mine % 8)) % 2;\n";
      default: return "RETURN_IF_IO(file.sync());\n";
    }
  }

  // A function of its own that awaits, or calls one that does; gives its name.
  std::string callee(bool planted, bool may_call) {
    std::string name = "call" + std::to_string(calls_++);
    const bool calls = may_call && random_.below(2) == 0;
    const std::string before = before_await(planted);
    const std::string inside =
        calls ? "mine += RETURN_IF_IO(" + callee(false, false) + "());\n" : awaited();
    callees_ += block("IOResult<std::uint64_t> " + name + "() ",
                      mine(2) + before + inside + "return mine;\n");
    return name;
  }

  // The mistake of a step stands above its await, or within what it calls.
  std::string one_step(std::uint32_t at, bool planted) {
    std::string lines;
    switch (random_.below(3)) {
      case 0:  // one await
        lines = mine(3) + before_await(planted);
        lines += awaited();
        lines += one_of(progress);
        break;
      case 1: {  // a loop with progress after each Done
        std::string turn = mine(4) + before_await(planted);
        turn += awaited();
        turn += one_of(progress);
        lines = block("while (turns < 3) ", turn + "turns += 1;\n") + "turns = 0;\n";
        break;
      }
      default: {  // a call that awaits
        const bool deep = planted && random_.below(2) == 0;
        lines = mine(5) + before_await(planted && !deep);
        lines += "mine += RETURN_IF_IO(" + callee(deep, true) + "());\n";
        lines += one_of(progress);
      }
    }
    return block("if (at == " + std::to_string(at) + ") ",
                 lines + "at = " + std::to_string(at + 1) + ";\n");
  }

  Random& random_;
  std::string name_;
  std::string callees_;
  int calls_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: generate SEED COUNT\n");
    return 2;
  }
  const std::string seed = argv[1];
  const unsigned long count = std::strtoul(argv[2], nullptr, 10);
  Random random(std::strtoull(seed.c_str(), nullptr, 10));
  std::string text(head);
  for (unsigned long k = 0; k < count; ++k) {
    const std::string name = "Machine" + std::to_string(k);
    text += Machine(random, name).print();
    text += "CANARY(\"generated/" + seed;
    text += '-' + std::to_string(k) + "\", \"double-mutation\", ";
    text += "two_steps<" + name + "<true>>, two_steps<";
    text += name + "<false>>);\n";
  }
  text += tail;
  std::fputs(text.c_str(), stdout);
  return 0;
}
