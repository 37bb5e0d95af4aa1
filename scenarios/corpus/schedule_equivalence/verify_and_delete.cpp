// Corpus 8: one state holds both the test that the entry is there and its deletion, and each may
// yield; a yield in the deletion repeats the test, which the half-done deletion has made untrue.
#include <reprise/reprise.h>

#include <cstdint>
#include <set>

#include "scenarios/number_file.h"

namespace reprise::corpus::verify_and_delete {
namespace {

enum class State : std::uint8_t { verify, remove };

struct IndexDelete {
  NumberFile pages;
  NumberFile journal;
  std::set<std::uint64_t> keys = {3, 5, 7};
  State state = State::verify;

  IOResult<bool> contains(std::uint64_t key) {
    RETURN_IF_IO(pages.read(key));
    return keys.contains(key);
  }
  IOResult<Unit> erase(std::uint64_t key) {
    keys.erase(key);
    RETURN_IF_IO(journal.write(key, key));
    return Unit{};
  }
};

struct VerifiesAndErases : IndexDelete {
  IOResult<Unit> remove(std::uint64_t key) {
    const bool found = RETURN_IF_IO(contains(key));
    if (!found) return IOError::corrupt;
    RETURN_IF_IO(erase(key));
    return Unit{};
  }
};

struct VerifiesOnce : IndexDelete {
  IOResult<Unit> remove(std::uint64_t key) {
    if (state == State::verify) {
      const bool found = RETURN_IF_IO(contains(key));
      if (!found) return IOError::corrupt;
      state = State::remove;
    }
    RETURN_IF_IO(erase(key));
    state = State::verify;
    return Unit{};
  }
};

template <class Machine>
void remove_two(Sim& sim) {
  File& file = sim.open("index");
  Machine index{{NumberFile(file), NumberFile(file)}};
  sim.task("client", [&] {
    for (const std::uint64_t key : {5u, 3u}) {
      static_cast<void>(sim.await([&] { return index.remove(key); }));
    }
  });
  sim.observe("keys", index.keys);
  sim.run();
}

CANARY("corpus/schedule-equivalence/verify-and-delete", "schedule-equivalence",
       remove_two<VerifiesAndErases>, remove_two<VerifiesOnce>);

}  // namespace
}  // namespace reprise::corpus::verify_and_delete
