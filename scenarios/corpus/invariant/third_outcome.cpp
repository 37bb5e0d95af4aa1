// Corpus 20: a seek ends in one of three ways, and the deletion treats "try the next cell" as
// "found": a key that lies in an interior page is not there yet.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "scenarios/number_file.h"

namespace reprise::corpus::third_outcome {
namespace {

enum class Seek : std::uint8_t { found, not_found, try_advance };
enum class State : std::uint8_t { seek, advance, remove };

// The keys of the leaf pages, and between each two leaves one of the interior page.
struct Index {
  NumberFile file;
  std::vector<std::uint64_t> keys = {1, 2, 3, 4, 5};
  std::size_t at = 0;
  State state = State::seek;

  static bool interior(std::uint64_t key) { return key % 3 == 0; }

  // Only goes down to the leaves.
  IOResult<Seek> seek(std::uint64_t key) {
    RETURN_IF_IO(file.read(key));
    for (at = 0; at < keys.size() && keys[at] < key; ++at) {
    }
    if (at == keys.size() || keys[at] != key) return Seek::not_found;
    if (!interior(key)) return Seek::found;
    at -= 1;  // the last cell of the leaf before
    return Seek::try_advance;
  }
  IOResult<Unit> advance() {
    RETURN_IF_IO(file.read(0));
    at += 1;
    return Unit{};
  }
  IOResult<Unit> erase(std::uint64_t key) {
    if (keys[at] != key) return IOError::corrupt;
    RETURN_IF_IO(file.write(key, 0));
    keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
    state = State::seek;
    return Unit{};
  }
};

struct KnowsTwoOutcomes : Index {
  IOResult<Unit> remove(std::uint64_t key) {
    if (state == State::seek) {
      const Seek outcome = RETURN_IF_IO(seek(key));
      if (outcome == Seek::not_found) return Unit{};
      state = State::remove;
    }
    return erase(key);
  }
};

struct KnowsAllOutcomes : Index {
  IOResult<Unit> remove(std::uint64_t key) {
    if (state == State::seek) {
      const Seek outcome = RETURN_IF_IO(seek(key));
      if (outcome == Seek::not_found) return Unit{};
      state = outcome == Seek::try_advance ? State::advance : State::remove;
    }
    if (state == State::advance) {
      RETURN_IF_IO(advance());
      state = State::remove;
    }
    return erase(key);
  }
};

template <class Machine>
void remove_one(Sim& sim) {
  Machine index{{NumberFile(sim.open("index"))}};
  sim.task("client", [&] {
    const std::uint64_t key = 1 + sim.choose("key", 6);
    sim.expect(sim.await([&] { return index.remove(key); }).ok(), "the key is removed");
  });
  sim.run();
}

CANARY("corpus/invariant/third-outcome", "invariant", remove_one<KnowsTwoOutcomes>,
       remove_one<KnowsAllOutcomes>);

}  // namespace
}  // namespace reprise::corpus::third_outcome
