// An I/O before an await. The await yields, the entry is made again, and submits the I/O again: the
// first one's completion is gone, and with it its error. Idempotent here, so no result shows it.
#include <reprise/reprise.h>

#include <utility>

#include "scenarios/number_file.h"

namespace reprise::reentry::submits_again {
namespace {

// Marks the table as dirty on the disk, and changes a number of it.
struct Table {
  NumberFile numbers;
  File& mark;
  Completion marking = {};

  IOResult<Unit> marked() {
    if (!marking.finished()) IO_YIELD_ONE(marking);
    const Completion done = std::exchange(marking, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
};

struct MarksOnEachEntry : Table {
  IOResult<Unit> change() {
    marking = mark.pwrite(0, Buffer::allocate(1));
    RETURN_IF_IO(numbers.write(0, 1));
    return marked();
  }
};

struct MarksOnce : Table {
  bool is_written = false;  // while the mark is still in flight: the number is not written again

  IOResult<Unit> change() {
    if (!marking) marking = mark.pwrite(0, Buffer::allocate(1));
    if (!is_written) RETURN_IF_IO(numbers.write(0, 1));
    is_written = true;
    IOResult<Unit> answer = marked();
    if (!answer.is_io()) is_written = false;
    return answer;
  }
};

template <class Machine>
void change_once(Sim& sim) {
  Machine table{{NumberFile(sim.open("table")), sim.open("mark")}};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return table.change(); })); });
  sim.run();
}

CANARY("reentry/submits-again", "double-submit", change_once<MarksOnEachEntry>,
       change_once<MarksOnce>);

}  // namespace
}  // namespace reprise::reentry::submits_again
