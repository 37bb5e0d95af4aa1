// What of a machine's bytes is its state, for idle-state: what an empty optional, another
// alternative of a variant, a string, a vector or padding leave behind is not.
#include <reprise/reprise.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::idle_members {
namespace {

/// Sets its state up for each operation, and takes it down again; the broken one forgets to.
template <class Member, bool takes_down>
struct Machine {
  NumberFile file;
  Member member = {};
  std::uint64_t round = 0;

  IOResult<Unit> write() {
    if (!member.busy()) member.set(++round);
    RETURN_IF_IO(file.write(0, 1));
    member.use();
    if (takes_down) member.clear();
    return Unit{};
  }
};

template <class Member, bool takes_down>
void write_thrice(Sim& sim) {
  Machine<Member, takes_down> machine{NumberFile(sim.open("f"))};
  sim.idle("member", machine.member);
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) static_cast<void>(sim.await([&] { return machine.write(); }));
  });
  sim.run();
}

#define IDLE_PAIR(name, Member)                                           \
  CANARY("check/idle-" name, "idle-state", (write_thrice<Member, false>), \
         (write_thrice<Member, true>))

struct Query {
  std::uint64_t row;
  std::uint64_t at;
};

struct OfOptional {
  std::optional<Query> query;

  bool busy() const { return query.has_value(); }
  void set(std::uint64_t n) { query = Query{n, n * 512}; }
  void use() {}
  void clear() { query.reset(); }
};
IDLE_PAIR("optional", OfOptional);

struct OfOptionalText {
  std::optional<std::string> text;

  bool busy() const { return text.has_value(); }
  void set(std::uint64_t n) { text = "row " + std::to_string(n); }
  void use() {}
  void clear() { text.reset(); }
};
IDLE_PAIR("optional-string", OfOptionalText);

struct OfVariant {
  std::variant<std::monostate, Query, std::string> what;

  bool busy() const { return what.index() != 0; }
  void set(std::uint64_t n) {
    if (n % 2 == 0) {
      what = "row " + std::to_string(n);
    } else {
      what = Query{n, n * 512};
    }
  }
  void use() {}
  void clear() { what = std::monostate{}; }
};
IDLE_PAIR("variant", OfVariant);

struct OfText {
  std::string text;

  bool busy() const { return !text.empty(); }
  void set(std::uint64_t n) {
    text = n % 2 == 0 ? "row " + std::to_string(n) : std::string(40, 'x') + std::to_string(n);
  }
  void use() { std::string(std::move(text)); }
  void clear() { text.clear(); }
};
struct OfKeptText : OfText {
  void use() {}
};
CANARY("check/idle-string", "idle-state", (write_thrice<OfKeptText, false>),
       (write_thrice<OfKeptText, true>));
struct OfMovedText : OfText {
  void use() { std::string(std::move(text)); }
};
SCENARIO("check/idle-moved-string") { write_thrice<OfMovedText, true>(sim); }

struct OfPadded {
  struct Step {
    char kind = 0;
    std::uint64_t at = 0;
    char more = 0;
  };
  Step step;

  bool busy() const { return step.kind != 0; }
  void set(std::uint64_t n) {
    // Padding and all, as a copy of a local does.
    union {
      Step filled;
      unsigned char bytes[sizeof(Step)];
    } other{};
    for (unsigned char& byte : other.bytes) byte = static_cast<unsigned char>(n + 1);
    other.filled.kind = 1;
    step = other.filled;
  }
  void use() {}
  void clear() {
    step.kind = 0;
    step.at = 0;
    step.more = 0;
  }
};
IDLE_PAIR("padding", OfPadded);

struct OfVector {
  std::vector<std::uint64_t> rows;

  bool busy() const { return !rows.empty(); }
  void set(std::uint64_t n) { rows.assign(n, n); }
  void use() {}
  void clear() { rows.clear(); }
};
IDLE_PAIR("vector", OfVector);

struct OfQueue {
  std::deque<std::uint64_t> rows;

  bool busy() const { return !rows.empty(); }
  void set(std::uint64_t n) {
    for (std::uint64_t i = 0; i < 40 * n; ++i) rows.push_back(i);
  }
  void use() {}
  void clear() {
    while (!rows.empty()) rows.pop_front();
  }
};
IDLE_PAIR("deque", OfQueue);

struct OfMap {
  std::map<int, int> rows;

  bool busy() const { return !rows.empty(); }
  void set(std::uint64_t n) { rows[static_cast<int>(n)] = 1; }
  void use() {}
  void clear() { rows.clear(); }
};
IDLE_PAIR("map", OfMap);

struct OfOwner {
  std::unique_ptr<Query> query;

  bool busy() const { return query != nullptr; }
  void set(std::uint64_t n) { query = std::make_unique<Query>(Query{n, n}); }
  void use() {}
  void clear() { query.reset(); }
};
IDLE_PAIR("unique-ptr", OfOwner);

struct OfFunction {
  std::function<std::uint64_t()> next;

  bool busy() const { return static_cast<bool>(next); }
  void set(std::uint64_t n) {
    next = [n] { return n + 1; };
  }
  void use() {}
  void clear() { next = nullptr; }
};
IDLE_PAIR("function", OfFunction);

}  // namespace
}  // namespace reprise::watched::idle_members
