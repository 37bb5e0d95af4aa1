// Expect: clean
// False positive, invariant: no state, no I/O, no yield. The value of the second call, put aside
// by an injected yield, is handed to the first call of the next entry, because it is the same await
// site.
#include <reprise/reprise.h>
using namespace reprise;
namespace {
IOResult<int> digit(int i) { return i; }
IOResult<int> number() {
  int sum = 0;
  for (int i = 1; i <= 2; ++i) sum = sum * 10 + RETURN_IF_IO(digit(i));
  return sum;  // 12
}
}  // namespace
SCENARIO("case/handed_to_another_call") {
  sim.task("client", [&] { sim.expect_eq(sim.await([&] { return number(); }), 12); });
  sim.run();
}
