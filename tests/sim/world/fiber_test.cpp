#include "tests/support/sanitized.h"

#include <doctest/doctest.h>
#include <reprise/sim/world/fiber.h>

#include <cstddef>

#if REPRISE_TESTS_SANITIZED
#include <sanitizer/asan_interface.h>
#endif

using namespace reprise;

namespace {

struct Suspension {
  Fiber fiber;
  std::byte* frame = nullptr;
  bool is_unwound = false;
};

void suspend_once(void* context) {
  struct Farewell {
    Suspension& suspension;
    ~Farewell() { suspension.is_unwound = true; }
  };
  Suspension& suspension = *static_cast<Suspension*>(context);
  std::byte local{};
  suspension.frame = &local;
  const Farewell farewell{suspension};
  suspension.fiber.suspend();
}

}  // namespace

TEST_CASE("fiber: unwinding runs the destructors of a suspended body") {
  Suspension suspension;
  suspension.fiber.start(suspend_once, &suspension);
  CHECK_FALSE(suspension.fiber.idle());
  CHECK_FALSE(suspension.is_unwound);
  suspension.fiber.unwind();
  CHECK(suspension.fiber.idle());
  CHECK(suspension.is_unwound);
}

TEST_CASE("fiber: a body that was unwound leaves the fiber ready for the next") {
  Suspension suspension;
  for (int i = 0; i < 3; ++i) {
    suspension.is_unwound = false;
    suspension.fiber.start(suspend_once, &suspension);
    suspension.fiber.unwind();
    CHECK(suspension.is_unwound);
  }
}

TEST_CASE("fiber: the stack of an abandoned body is used again and no destructor runs") {
  Suspension suspension;
  const std::byte* first = nullptr;
  for (int i = 0; i < 3; ++i) {
    suspension.fiber.start(suspend_once, &suspension);
    if (i == 0) first = suspension.frame;
    CHECK(suspension.frame == first);
    suspension.fiber.abandon();
    CHECK(suspension.fiber.idle());
  }
  CHECK_FALSE(suspension.is_unwound);
}

TEST_CASE("fiber: a body that catches everything is unwound at its next suspension") {
  struct Stubborn {
    Fiber fiber;
    int caught = 0;
  } stubborn;
  stubborn.fiber.start(
      [](void* context) {
        Stubborn& self = *static_cast<Stubborn*>(context);
        for (int i = 0; i < 3; ++i) {
          try {
            self.fiber.suspend();
          } catch (...) {
            ++self.caught;
          }
        }
        self.fiber.suspend();
        self.caught = -1;
      },
      &stubborn);
  stubborn.fiber.unwind();
  CHECK(stubborn.fiber.idle());
  CHECK(stubborn.caught == 3);
}

#if REPRISE_TESTS_SANITIZED
TEST_CASE("fiber: the addresses of a stack that is gone carry no marks of the sanitizer") {
  constexpr std::size_t reach = 1024;  // both ways; the fiber's first frame is that near
  std::byte* frame = nullptr;
  {
    Suspension suspension;
    suspension.fiber.start(suspend_once, &suspension);
    frame = suspension.frame;
    CHECK(__asan_region_is_poisoned(frame, reach) != nullptr);
  }
  CHECK(__asan_region_is_poisoned(frame - reach, 2 * reach) == nullptr);
}
#endif
