// Machines that change a queue in C before they yield: through a pointer to its type, and through
// one to anything.
#include <reprise/reprise.h>

#include "queue.h"

using namespace reprise;

namespace {

template <class Pointer>
struct Machine {
  File& file;
  Pointer its = queue_new();
  Completion pending = {};
  ~Machine() { queue_free(static_cast<queue*>(its)); }

  IOResult<Unit> change(int which) {
    if constexpr (std::is_void_v<std::remove_pointer_t<Pointer>>) {
      queue_change_handle(its, which);
    } else {
      queue_change(its, which);
    }
    if (!pending) pending = file.pread(0, Buffer::allocate(512));
    RETURN_IF_IO(take_finished(pending));
    return Unit{};
  }
};

template <class Pointer>
void change(Sim& sim) {
  Machine<Pointer> machine{sim.open("data")};
  const int which = static_cast<int>(sim.option("which", 0));
  sim.task("client", [&] { (void)sim.await([&] { return machine.change(which); }); });
  sim.run();
}

}  // namespace

SCENARIO("queue/typed") { change<queue*>(sim); }
SCENARIO("queue/handle") { change<void*>(sim); }
