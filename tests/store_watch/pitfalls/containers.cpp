// Containers that grow before a yield. The element is another one in each entry, as it is where a
// name is made from the size or a stamp is taken: so the container has one for every entry.
#include <reprise/reprise.h>

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::containers {
namespace {

// What the machines below have in common; they differ in the container and in how it grows.
template <class Container>
struct Holder {
  NumberFile file;
  Container held = {};
  std::size_t shown() const { return held.size(); }
};

// Grows, and only then writes.
template <class Base>
struct Early : Base {
  IOResult<Unit> step() {
    Base::grow();
    RETURN_IF_IO(Base::file.write(0, 1));
    return Unit{};
  }
};

template <class Base>
struct Late : Base {
  IOResult<Unit> step() {
    RETURN_IF_IO(Base::file.write(0, 1));
    Base::grow();
    return Unit{};
  }
};

template <class Base>
void hold_two(Sim& sim) {
  Base machine{{{NumberFile(sim.open("numbers"))}}};
  take_two_steps(sim, machine);
}

struct Vector : Holder<std::vector<std::uint64_t>> {
  void grow() { held.push_back(held.size()); }
};
CANARY("pitfall/vector-push-back", "double-mutation", hold_two<Early<Vector>>,
       hold_two<Late<Vector>>);

struct Map : Holder<std::map<std::uint64_t, std::string>> {
  void grow() { held.insert({held.size(), "row"}); }
};
CANARY("pitfall/map-insert", "double-mutation", hold_two<Early<Map>>, hold_two<Late<Map>>);

struct MultiMap : Holder<std::multimap<std::uint64_t, std::string>> {
  void grow() { held.emplace(1, "row"); }
};
CANARY("pitfall/multimap-emplace", "double-mutation", hold_two<Early<MultiMap>>,
       hold_two<Late<MultiMap>>);

struct HashMap
    : Holder<std::unordered_map<std::uint64_t, std::uint64_t>> {  // tidy-ok: never iterated
  void grow() { held.insert({held.size(), 1}); }
};
CANARY("pitfall/unordered-map-insert", "double-mutation", hold_two<Early<HashMap>>,
       hold_two<Late<HashMap>>);

struct Set : Holder<std::set<std::uint64_t>> {
  void grow() { held.insert(held.size()); }
};
CANARY("pitfall/set-insert", "double-mutation", hold_two<Early<Set>>, hold_two<Late<Set>>);

struct List : Holder<std::list<std::uint64_t>> {
  void grow() { held.push_front(7); }
};
CANARY("pitfall/list-push-front", "double-mutation", hold_two<Early<List>>, hold_two<Late<List>>);

struct Deque : Holder<std::deque<std::uint64_t>> {
  void grow() { held.push_back(7); }
};
CANARY("pitfall/deque-push-back", "double-mutation", hold_two<Early<Deque>>, hold_two<Late<Deque>>);

struct String : Holder<std::string> {
  void grow() { held.append("row,"); }
};
CANARY("pitfall/string-append", "double-mutation", hold_two<Early<String>>, hold_two<Late<String>>);

// --- An optional whose content is new each time ---

struct Session {
  NumberFile file;
  std::optional<std::uint64_t> stamp = {};
  std::uint64_t shown() const { return stamp.value_or(0); }
};

struct StampsFirst : Session {
  IOResult<Unit> step() {
    stamp.emplace(stamp.value_or(0) + 1);
    RETURN_IF_IO(file.write(0, *stamp));
    return Unit{};
  }
};

struct StampsWhenWritten : Session {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, stamp.value_or(0) + 1));
    stamp.emplace(stamp.value_or(0) + 1);
    return Unit{};
  }
};

CANARY("pitfall/optional-emplace", "double-mutation", two_steps<StampsFirst>,
       two_steps<StampsWhenWritten>);

// --- A list of nodes, each of which owns the next ---

struct Owned {
  std::uint64_t value = 0;
  std::unique_ptr<Owned> next = {};
};

struct Stack {
  NumberFile file;
  std::unique_ptr<Owned> top = {};

  void push(std::uint64_t value) {
    auto node = std::make_unique<Owned>();
    node->value = value;
    node->next = std::move(top);
    top = std::move(node);
  }
  std::size_t shown() const {
    std::size_t depth = 0;
    for (const Owned* node = top.get(); node != nullptr; node = node->next.get()) ++depth;
    return depth;
  }
};

struct PushesFirst : Stack {
  IOResult<Unit> step() {
    push(7);
    RETURN_IF_IO(file.write(0, 7));
    return Unit{};
  }
};

struct PushesWhenWritten : Stack {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 7));
    push(7);
    return Unit{};
  }
};

CANARY("pitfall/unique-ptr-chain", "double-mutation", two_steps<PushesFirst>,
       two_steps<PushesWhenWritten>);

}  // namespace
}  // namespace reprise::watched::containers
