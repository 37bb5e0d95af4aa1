#include <doctest/doctest.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/world/world.h>

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
