// Prints random machines as C++: `generate SEED COUNT`. Each is built of pieces that are sound by
// construction, and has a twin with one change planted before an await, which is broken by
// construction; the two are a canary pair, `generated/SEED-K`. The same seed prints the same text.
#include <reprise/sim/random.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using reprise::Random;

// Lines of a function's body. `total` and `hits` are members, `mine` is a local of the function.

// Sound before an await: nothing that outlives the entry is changed, or not a second time.
constexpr std::array harmless{
    "    for (std::uint64_t i = 0; i < 7; ++i) mine += i * total;\n",
    "    std::vector<std::uint64_t> scratch{1, 2, 3};\n"
    "    for (std::uint64_t i = 0; i < 9; ++i) scratch.push_back(i ^ mine);\n"
    "    mine += scratch.size();\n",
    "    std::map<std::uint64_t, std::string> names;\n"
    "    for (std::uint64_t i = 0; i < 4; ++i) names[mine % (i + 2)] += std::to_string(i);\n"
    "    mine += names.size();\n",
    "    const auto boxed = std::make_unique<std::uint64_t>(mine);\n"
    "    *boxed += 3;\n"
    "    mine = *boxed;\n",
    "    const auto shared = std::make_shared<std::uint64_t>(total);\n"
    "    const std::shared_ptr<std::uint64_t> second = shared;\n"
    "    *second += mine;\n"
    "    mine += *shared;\n",
    "    const Guard guard(depth);\n"
    "    mine += depth;\n",
    "    path.reserve(8);\n"
    "    path.push_back(mine);\n"
    "    mine += path.back();\n"
    "    path.pop_back();\n",
    "    std::swap(left, right);\n"
    "    mine += left;\n"
    "    std::swap(left, right);\n",
    "    busy = true;\n"
    "    mode = 3;\n",
    "    highest = std::max(highest, total);\n"
    "    memo[total] = total * 2;\n"
    "    mine += memo[total];\n",
    "    const auto add = [&](std::uint64_t amount) { mine += amount; };\n"
    "    add(total);\n"
    "    add(5);\n",
    "    std::array<std::uint64_t, 200> table;\n"
    "    for (std::size_t i = 0; i < table.size(); ++i) table[i] = i + mine;\n"
    "    mine = table[total % table.size()];\n",
    "    mine += collatz(27 + total % 5, mine);\n",
    "    Pair pair = kept;\n"
    "    pair.first += mine;\n"
    "    std::swap(pair.first, pair.second);\n"
    "    mine = pair.first + pair.second;\n",
    "    const std::string text = \"at \" + std::to_string(mine) + std::string(mine % 40, '.');\n"
    "    mine += text.size();\n",
    "    if (!lazy) lazy = std::make_unique<Pair>(Pair{1, 2});\n"
    "    mine += lazy->second;\n",
    "    kept = Pair{4, 5};\n"
    "    mine += kept.first;\n",
};

// Progress: made once, behind the await that it follows, by the step that is then left.
constexpr std::array progress{
    "    total += 1;\n",
    "    total += mine % 16;\n",
    "    log.push_back(total);\n    total += log.size();\n",
    "    memo.clear();\n    total += 2;\n",
    "    kept.second += 1;\n    total += 1;\n    kept.second -= 1;\n",
};

// Changed before an await, and changed again by the re-entry.
constexpr std::array mistakes{
    "    hits += 1;\n",
    "    log.push_back(hits);\n",
    "    seen.insert({seen.size(), 7});\n",
    "    slots[used++ % slots.size()] = 9;\n",
    "    odd = !odd;\n",
    "    kept_copy.first += 2;\n    std::memcpy(&record, &kept_copy, sizeof record);\n",
    "    touch(hits);\n",
    "    const auto note = [&] { ++depth; };\n    note();\n",
    "    chain = std::make_unique<Link>(Link{hits, std::move(chain)});\n",
    "    bits.age = (bits.age + 1) & 0xff;\n",
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
[[gnu::noinline]] void touch(std::uint64_t& value) { value += 1; }

// All that the machines keep.
struct State {
  NumberFile file;
  std::uint64_t at = 0;     // which step
  std::uint64_t inner = 0;  // which turn of a loop, or which step of a nested call
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
           (odd ? 500'000 : 0) + 1'000'000 * record.first + (chain ? 3 : 0);
  }
};
)";

constexpr std::string_view tail = R"(
}  // namespace
}  // namespace reprise::watched::generated
)";

// One machine: steps in a row, each with a state of its own, an await, and what is done after it.
class Machine {
 public:
  Machine(Random& random, std::string name) : random_(random), name_(std::move(name)) {}

  std::string print() {
    const std::uint32_t steps = 1 + random_.below(4);
    const std::uint32_t planted = random_.below(steps);
    std::string body;
    for (std::uint32_t step = 0; step < steps; ++step) {
      body += one_step(step, step == planted);
    }
    return "\ntemplate <bool broken>\nstruct " + name_ + " : State {\n" + callees_ +
           "  IOResult<Unit> step() {\n" + body +
           "    at = 0;\n    inner = 0;\n    busy = false;\n    return Unit{};\n  }\n};\n";
  }

 private:
  template <class Lines>
  std::string one_of(const Lines& lines) {
    return lines[random_.below(static_cast<std::uint32_t>(lines.size()))];
  }

  // A block of its own, so that the same piece may stand twice.
  static std::string block(const std::string& lines) { return "    {\n" + lines + "    }\n"; }

  // What stands before an await: sound pieces, and in one place of the broken twin a mistake. A
  // guard or a scratch vector may live on over the await: then the last piece has no block.
  std::string before_await(bool planted) {
    std::string lines;
    const std::uint32_t pieces = random_.below(3);
    const std::uint32_t at = random_.below(pieces + 1);
    const std::string mistake = planted ? one_of(mistakes) : "";
    for (std::uint32_t piece = 0; piece <= pieces; ++piece) {
      if (planted && piece == at) {
        lines += "    if constexpr (broken) {\n" + mistake + "    }\n";
      }
      if (piece < pieces) {
        lines += block(one_of(harmless));
      } else {
        lines += one_of(harmless);
      }
    }
    return lines;
  }

  // The local, anew for each await: what it is then does not depend on how the entry came here.
  static std::string mine(int value) {
    return "    std::uint64_t mine = " + std::to_string(value) + ";\n";
  }

  std::string awaited() {
    switch (random_.below(3)) {
      case 0: return "    RETURN_IF_IO(file.write(mine % 8, total));\n";
      case 1: return "    mine += RETURN_IF_IO(file.read(mine % 8)) % 2;\n";
      default: return "    RETURN_IF_IO(file.sync());\n";
    }
  }

  // A function of its own, with an await of its own, one or two calls deep.
  std::string nested_call(bool planted) {
    const std::string name = "call" + std::to_string(calls_++);
    const bool deeper = random_.below(2) == 0;
    const std::string before = before_await(planted);
    std::string inside = awaited();
    if (deeper) inside = "    RETURN_IF_IO(" + nested_leaf() + "());\n";
    callees_ += "  IOResult<std::uint64_t> " + name + "() {\n" + mine(2) + before + inside +
                "    return mine;\n  }\n";
    return name;
  }
  std::string nested_leaf() {
    const std::string name = "leaf" + std::to_string(calls_++);
    callees_ += "  IOResult<std::uint64_t> " + name + "() {\n" + mine(3) + before_await(false) +
                awaited() + "    return mine;\n  }\n";
    return name;
  }

  // The mistake of a step stands above the await, or within what it calls.
  std::string one_step(std::uint32_t step, bool planted) {
    std::string lines;
    switch (random_.below(3)) {
      case 0:  // one await
        lines = mine(1) + before_await(planted) + awaited() + one_of(progress);
        break;
      case 1:  // a loop with progress after each Done
        lines = "    while (inner < 3) {\n" + mine(4) + before_await(planted) + awaited() +
                one_of(progress) + "    inner += 1;\n    }\n    inner = 0;\n";
        break;
      default: {  // a call that awaits
        const bool deep = planted && random_.below(2) == 0;
        const std::string callee = nested_call(deep);
        lines = mine(5) + before_await(planted && !deep) + "    mine += RETURN_IF_IO(" + callee +
                "());\n" + one_of(progress);
      }
    }
    const std::string number = std::to_string(step);
    return "    if (at == " + number + ") {\n" + lines + "    at = " + std::to_string(step + 1) +
           ";\n    }\n";
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
    text += "CANARY(\"generated/" + seed + '-' + std::to_string(k) +
            "\", \"double-mutation\", two_steps<" + name + "<true>>, two_steps<" + name +
            "<false>>);\n";
  }
  text += tail;
  std::fputs(text.c_str(), stdout);
  return 0;
}
