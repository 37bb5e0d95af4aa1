// Memory laid out by hand: array slots, rings, linked lists, structs copied whole, members swapped,
// pins. The change is a few bytes somewhere in an object, by an index or through a pointer.
#include <reprise/reprise.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::memory {
namespace {

// --- array[count++] = x ---

struct Slots {
  NumberFile file;
  std::array<std::uint32_t, 16> slot = {};
  std::size_t count = 0;
  std::size_t shown() const { return count; }
};

struct FillsSlotFirst : Slots {
  IOResult<Unit> step() {
    if (count == slot.size()) return IOError::no_space;
    slot[count++] = 7;
    RETURN_IF_IO(file.write(0, 7));
    return Unit{};
  }
};

struct FillsSlotWhenWritten : Slots {
  IOResult<Unit> step() {
    if (count == slot.size()) return IOError::no_space;
    RETURN_IF_IO(file.write(0, 7));
    slot[count++] = 7;
    return Unit{};
  }
};

CANARY("pitfall/array-slot", "double-mutation", two_steps<FillsSlotFirst>,
       two_steps<FillsSlotWhenWritten>);

// --- A ring into which one operation pushes twice ---

struct Ring {
  NumberFile file;
  std::array<std::uint64_t, 8> ring = {};
  std::size_t head = 0;

  void push(std::uint64_t value) { ring[head++ % ring.size()] = value; }
  std::size_t shown() const { return head; }
};

struct PushesPairFirst : Ring {
  IOResult<Unit> step() {
    push(1);
    push(2);
    RETURN_IF_IO(file.write(0, head));
    return Unit{};
  }
};

struct PushesPairWhenWritten : Ring {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, head));
    push(1);
    push(2);
    return Unit{};
  }
};

CANARY("pitfall/ring-push", "double-mutation", two_steps<PushesPairFirst>,
       two_steps<PushesPairWhenWritten>);

// --- A list linked by pointers, of nodes from a pool ---

struct Node {
  std::uint64_t value = 0;
  Node* next = nullptr;
};

struct FreeList {
  NumberFile file;
  std::array<Node, 16> nodes = {};
  Node* head = nullptr;
  Node* unused = nullptr;

  // Moves one node from the unused to the list.
  void push(std::uint64_t value) {
    if (unused == nullptr) return;
    Node* const node = std::exchange(unused, unused->next);
    *node = {value, head};
    head = node;
  }
  void thread() {
    for (Node& node : nodes) {
      node.next = unused;
      unused = &node;
    }
  }
  std::size_t shown() const {
    std::size_t length = 0;
    for (const Node* node = head; node != nullptr; node = node->next) ++length;
    return length;
  }
};

struct LinksFirst : FreeList {
  IOResult<Unit> step() {
    push(7);
    RETURN_IF_IO(file.write(0, 7));
    return Unit{};
  }
};

struct LinksWhenWritten : FreeList {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 7));
    push(7);
    return Unit{};
  }
};

template <class Machine>
void link_two(Sim& sim) {
  Machine machine{{NumberFile(sim.open("numbers"))}};
  machine.thread();
  take_two_steps(sim, machine);
}

CANARY("pitfall/linked-list", "double-mutation", link_two<LinksFirst>, link_two<LinksWhenWritten>);

// --- A struct copied whole, with a sequence number in it ---

struct Record {
  std::uint64_t sequence;
  std::uint64_t size;
  char kind[16];
};

struct Journal {
  NumberFile file;
  Record last = {};
  std::uint64_t shown() const { return last.sequence; }
};

// Makes the next record on the side.
Record after(const Record& record) {
  Record next = record;
  next.sequence += 1;
  next.size = 512;
  return next;
}

struct CopiesFirst : Journal {
  IOResult<Unit> step() {
    const Record next = after(last);
    std::memcpy(&last, &next, sizeof last);
    RETURN_IF_IO(file.write(0, last.sequence));
    return Unit{};
  }
};

struct CopiesWhenWritten : Journal {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, last.sequence + 1));
    const Record next = after(last);
    std::memcpy(&last, &next, sizeof last);
    return Unit{};
  }
};

CANARY("pitfall/struct-memcpy", "double-mutation", two_steps<CopiesFirst>,
       two_steps<CopiesWhenWritten>);

struct AssignsFirst : Journal {
  IOResult<Unit> step() {
    const Record next = after(last);
    last = next;
    RETURN_IF_IO(file.write(0, last.sequence));
    return Unit{};
  }
};

struct AssignsWhenWritten : Journal {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, last.sequence + 1));
    const Record next = after(last);
    last = next;
    return Unit{};
  }
};

CANARY("pitfall/struct-assign", "double-mutation", two_steps<AssignsFirst>,
       two_steps<AssignsWhenWritten>);

// --- Two members swapped ---

struct DoubleBuffered {
  NumberFile file;
  std::uint64_t front = 1;
  std::uint64_t back = 2;
  std::uint64_t shown() const { return front * 10 + back; }
};

struct SwapsFirst : DoubleBuffered {
  IOResult<Unit> step() {
    std::swap(front, back);
    RETURN_IF_IO(file.write(0, front));
    return Unit{};
  }
};

struct SwapsWhenWritten : DoubleBuffered {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, back));
    std::swap(front, back);
    return Unit{};
  }
};

CANARY("pitfall/swap", "double-mutation", two_steps<SwapsFirst>, two_steps<SwapsWhenWritten>);

// --- A pin taken for the length of a call, and never given back on the way out ---

struct Frame {
  std::uint32_t pins = 0;
  void pin() { ++pins; }
  void unpin() { --pins; }
};

struct Cache {
  NumberFile file;
  Frame frame = {};
  std::uint32_t shown() const { return frame.pins; }
};

struct PinsInEachEntry : Cache {
  IOResult<Unit> step() {
    frame.pin();
    RETURN_IF_IO(file.write(0, 1));  // the pin stays
    frame.unpin();
    return Unit{};
  }
};

struct PinsOnce : Cache {
  bool pinned = false;

  IOResult<Unit> step() {
    if (!pinned) frame.pin();
    pinned = true;
    RETURN_IF_IO(file.write(0, 1));
    pinned = false;
    frame.unpin();
    return Unit{};
  }
};

CANARY("pitfall/pin", "double-mutation", two_steps<PinsInEachEntry>, two_steps<PinsOnce>);

// --- State that belongs to somebody else ---

struct Pool {
  std::uint64_t taken = 0;
  std::uint64_t given_back = 0;
};

struct Borrower {
  NumberFile file;
  Pool* pool = nullptr;
  std::uint64_t shown() const { return pool->taken; }
};

struct TakesFirst : Borrower {
  IOResult<Unit> step() {
    pool->taken += 1;
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct TakesWhenWritten : Borrower {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    pool->taken += 1;
    return Unit{};
  }
};

template <class Machine>
void take_two(Sim& sim) {
  Pool pool;
  Machine machine{{NumberFile(sim.open("numbers")), &pool}};
  take_two_steps(sim, machine);
}

CANARY("pitfall/shared-object", "double-mutation", take_two<TakesFirst>,
       take_two<TakesWhenWritten>);

// --- State behind a reference parameter ---

struct Caller {
  NumberFile file;
  std::uint64_t written = 0;
  std::uint64_t shown() const { return written; }
};

IOResult<Unit> write_and_count_first(NumberFile& file, std::uint64_t& written) {
  written += 8;
  RETURN_IF_IO(file.write(0, 1));
  return Unit{};
}

IOResult<Unit> write_and_count_later(NumberFile& file, std::uint64_t& written) {
  RETURN_IF_IO(file.write(0, 1));
  written += 8;
  return Unit{};
}

struct LetsCountFirst : Caller {
  IOResult<Unit> step() { return write_and_count_first(file, written); }
};

struct LetsCountLater : Caller {
  IOResult<Unit> step() { return write_and_count_later(file, written); }
};

CANARY("pitfall/reference-parameter", "double-mutation", two_steps<LetsCountFirst>,
       two_steps<LetsCountLater>);

}  // namespace
}  // namespace reprise::watched::memory
