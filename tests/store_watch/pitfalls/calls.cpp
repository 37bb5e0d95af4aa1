// The change stands in other code than the yield: in a helper, a lambda, a method two calls deep, a
// template, a virtual method, above a machine within a machine.
#include <reprise/reprise.h>

#include <cstdint>

#include "tests/store_watch/number_file.h"

namespace reprise::watched::calls {
namespace {

struct Writer {
  NumberFile file;
  std::uint64_t count = 0;
  std::uint64_t shown() const { return count; }
};

// --- An inlined helper ---

[[gnu::always_inline]] inline void increment(std::uint64_t& value) { value += 1; }

struct HelperFirst : Writer {
  IOResult<Unit> step() {
    increment(count);
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct HelperLater : Writer {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    increment(count);
    return Unit{};
  }
};

CANARY("pitfall/inlined-helper", "double-mutation", two_steps<HelperFirst>, two_steps<HelperLater>);

// --- One helper called twice: only the call before the yield is wrong ---

[[gnu::noinline]] void add(std::uint64_t& value, std::uint64_t amount) { value += amount; }

struct AddsBeforeAndAfter : Writer {
  IOResult<Unit> step() {
    add(count, 100);
    RETURN_IF_IO(file.write(0, 1));
    add(count, 1);
    return Unit{};
  }
};

struct AddsTwiceAfter : Writer {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    add(count, 100);
    add(count, 1);
    return Unit{};
  }
};

CANARY("pitfall/helper-called-twice", "double-mutation", two_steps<AddsBeforeAndAfter>,
       two_steps<AddsTwiceAfter>);

// --- A lambda ---

struct LambdaFirst : Writer {
  IOResult<Unit> step() {
    const auto note = [this] { count += 1; };
    note();
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct LambdaLater : Writer {
  IOResult<Unit> step() {
    const auto note = [this] { count += 1; };
    RETURN_IF_IO(file.write(0, 1));
    note();
    return Unit{};
  }
};

CANARY("pitfall/lambda", "double-mutation", two_steps<LambdaFirst>, two_steps<LambdaLater>);

// --- The awaited expression's own argument ---

struct CountsInArgument : Writer {
  IOResult<Unit> step() {
    const std::uint64_t place = count++;  // "the next free place"
    RETURN_IF_IO(file.write(place, 1));
    return Unit{};
  }
};

struct CountsBehind : Writer {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(count, 1));
    count++;
    return Unit{};
  }
};

CANARY("pitfall/next-place", "double-mutation", two_steps<CountsInArgument>,
       two_steps<CountsBehind>);

// --- A method of a nested struct, two calls deep ---

struct Store {
  NumberFile file;
  struct Table {
    struct Rows {
      std::uint64_t live = 0;
      void added() { live += 1; }
    } rows;
    void row_added() { rows.added(); }
  } table = {};
  std::uint64_t shown() const { return table.rows.live; }
};

struct DeepFirst : Store {
  IOResult<Unit> step() {
    table.row_added();
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct DeepLater : Store {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    table.row_added();
    return Unit{};
  }
};

CANARY("pitfall/two-calls-deep", "double-mutation", two_steps<DeepFirst>, two_steps<DeepLater>);

// --- A template: narrow and wide stores from the same line ---

template <class Int>
struct Meter {
  NumberFile file;
  Int units = 0;
  std::uint64_t shown() const { return units; }
  void advance() { units = static_cast<Int>(units + 1); }
};

template <class Int>
struct AdvancesFirst : Meter<Int> {
  IOResult<Unit> step() {
    this->advance();
    RETURN_IF_IO(this->file.write(0, 1));
    return Unit{};
  }
};

template <class Int>
struct AdvancesLater : Meter<Int> {
  IOResult<Unit> step() {
    RETURN_IF_IO(this->file.write(0, 1));
    this->advance();
    return Unit{};
  }
};

CANARY("pitfall/template-8-bits", "double-mutation", two_steps<AdvancesFirst<std::uint8_t>>,
       two_steps<AdvancesLater<std::uint8_t>>);
CANARY("pitfall/template-16-bits", "double-mutation", two_steps<AdvancesFirst<std::uint16_t>>,
       two_steps<AdvancesLater<std::uint16_t>>);

// --- A virtual method ---

struct Listener {
  virtual ~Listener() = default;
  virtual void row_written() = 0;
  virtual std::uint64_t rows() const = 0;
};

struct RowCount final : Listener {
  std::uint64_t count = 0;
  void row_written() override { count += 1; }
  std::uint64_t rows() const override { return count; }
};

struct Table {
  NumberFile file;
  Listener& listener;
  std::uint64_t shown() const { return listener.rows(); }
};

struct TellsFirst : Table {
  IOResult<Unit> step() {
    listener.row_written();
    RETURN_IF_IO(file.write(0, 1));
    return Unit{};
  }
};

struct TellsWhenWritten : Table {
  IOResult<Unit> step() {
    RETURN_IF_IO(file.write(0, 1));
    listener.row_written();
    return Unit{};
  }
};

template <class Machine>
void tell_twice(Sim& sim) {
  RowCount rows;
  Machine machine{{NumberFile(sim.open("rows")), rows}};
  take_two_steps(sim, machine);
}

CANARY("pitfall/virtual-method", "double-mutation", tell_twice<TellsFirst>,
       tell_twice<TellsWhenWritten>);

// --- A change two levels above the yield ---

struct Pages {
  NumberFile file;
  IOResult<Unit> write_page(std::uint64_t page) {
    RETURN_IF_IO(file.write(page, page));
    return Unit{};
  }
};

struct Tree {
  Pages pages;
  IOResult<Unit> split(std::uint64_t page) {
    RETURN_IF_IO(pages.write_page(page));
    return Unit{};
  }
};

struct Database {
  Tree tree;
  std::uint64_t splits = 0;
  std::uint64_t shown() const { return splits; }
};

struct CountsSplitFirst : Database {
  IOResult<Unit> step() {
    splits += 1;
    RETURN_IF_IO(tree.split(3));
    return Unit{};
  }
};

struct CountsSplitLater : Database {
  IOResult<Unit> step() {
    RETURN_IF_IO(tree.split(3));
    splits += 1;
    return Unit{};
  }
};

template <class Machine>
void split_twice(Sim& sim) {
  Machine machine{{Tree{Pages{NumberFile(sim.open("tree"))}}}};
  take_two_steps(sim, machine);
}

CANARY("pitfall/two-levels-up", "double-mutation", split_twice<CountsSplitFirst>,
       split_twice<CountsSplitLater>);

}  // namespace
}  // namespace reprise::watched::calls
