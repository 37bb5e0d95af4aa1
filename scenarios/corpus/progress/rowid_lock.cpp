// Corpus 55: a cursor locks the table's row numbers and looks for the last row. Dropped while it
// looks, it keeps the lock, and every later insert lets others run for ever.
#include <reprise/reprise.h>

#include <cstdint>
#include <optional>

#include "scenarios/number_file.h"

namespace reprise::corpus::rowid_lock {
namespace {

struct Table {
  File& file;
  bool numbers_locked = false;
};

enum class State : std::uint8_t { start, seek_last };

struct Cursor {
  explicit Cursor(Table& of) : table(of), rows(of.file) {}
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  IOResult<std::uint64_t> new_row() {
    if (state == State::start) {
      if (table.numbers_locked) IO_YIELD_ONE(Completion::yield());
      table.numbers_locked = true;
      state = State::seek_last;
    }
    IOResult<std::uint64_t> last = rows.read(0);
    if (!last.is_io()) unlock();
    return last;
  }
  void unlock() {
    if (state == State::seek_last) table.numbers_locked = false;
    state = State::start;
  }

  Table& table;
  NumberFile rows;
  State state = State::start;
};

struct LeavesItLocked : Cursor {
  using Cursor::Cursor;
};

struct UnlocksWhenDropped : Cursor {
  using Cursor::Cursor;
  ~UnlocksWhenDropped() { unlock(); }
};

template <class AnyCursor>
void insert_after_another(Sim& sim) {
  Table table{sim.open("table")};
  sim.survives(
      {.errors = true, .refusals = true, .abandons = true, .contract = ErrorContract::either});
  std::optional<AnyCursor> dropped(table);
  std::optional<AnyCursor> later(table);
  sim.task("dropped", [&] {
    static_cast<void>(sim.await(
        [&] { return dropped->new_row(); },
        {.abandon = [&] { dropped.reset(); }, .abort = [&](IOError) { dropped.reset(); }}));
  });
  sim.task("later", [&] {
    static_cast<void>(
        sim.await([&] { return later->new_row(); }, {.abort = [&](IOError) { later.reset(); }}));
  });
  sim.run();
}

CANARY("corpus/progress/rowid-lock", "endless-run", insert_after_another<LeavesItLocked>,
       insert_after_another<UnlocksWhenDropped>);

}  // namespace
}  // namespace reprise::corpus::rowid_lock
