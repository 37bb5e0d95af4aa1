#include <doctest/doctest.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/world/world.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <string_view>

using namespace reprise;

namespace {

class Half final : public Check {
 public:
  explicit Half(World&) {}

  std::string_view name() const override { return "half"; }
  Hooks wants() const override { return hooks(Hook::entry, Hook::site, Hook::event); }
  void entry_ends(TaskId, Answer, const Completion&) override {}
  void site_left(TaskId, std::size_t, const AwaitSite&, Answer) override {}
};

}  // namespace

TEST_CASE("check: is told only of what it overrides") {
  World::Lasting lasting;
  World world(lasting);
  const std::unique_ptr<Check> check = make_check<Half>(world);
  CHECK(check->listens_to() ==
        (hook_bit(Hook::entry) | hook_bit(Hook::entry_ends) | hook_bit(Hook::site) |
         hook_bit(Hook::site_left) | hook_bit(Hook::event)));
}

TEST_CASE("check: what stands for several calls names them all") {
  CHECK(std::popcount(hooks(Hook::entry)) == 7);
  CHECK(std::popcount(hooks(Hook::site)) == 3);
  CHECK(hooks(Hook::run) == hook_bit(Hook::run));
}

TEST_CASE("check: the names of all checks have that of each check of a run") {
  World::Lasting lasting;
  World world(lasting);
  for (const std::unique_ptr<Check>& check : make_checks(world)) {
    CHECK(std::ranges::count(check_names(), check->name()) == 1);
  }
  for (const std::string_view name : {check_name::crash, check_name::determinism}) {
    CHECK(std::ranges::count(check_names(), name) == 1);
  }
}
