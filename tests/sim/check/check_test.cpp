#include <doctest/doctest.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/check_names.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

using namespace reprise;

namespace {

class Half final : public Check {
 public:
  void entry_ends(TaskId, Answer, const Completion&) override {}
  void site_left(TaskId, std::size_t, const AwaitSite&, Answer) override {}
  void run_ends() override {}
};
class None final : public Check {};

}  // namespace

TEST_CASE("check: is called for what it overrides") {
  static_assert(overridden_by<Half>() == hooks(Hook::entry_ends, Hook::site_left, Hook::run_ends));
  static_assert(overridden_by<None>() == 0);
  CHECK(Half().wants(overridden_by<Half>()) == overridden_by<Half>());
}

TEST_CASE("check: each hook has a bit of its own") {
  Hooks all = 0;
  int count = 0;
#define REPRISE_HOOK(call)               \
  CHECK((all & hooks(Hook::call)) == 0); \
  all |= hooks(Hook::call);              \
  ++count;
  REPRISE_HOOKS(REPRISE_HOOK)
#undef REPRISE_HOOK
  CHECK(count == static_cast<int>(Hook::count));
}

TEST_CASE("check: the list of names is sorted and has each name once") {
  const std::set<std::string> sorted(check_names().begin(), check_names().end());
  CHECK(std::ranges::equal(sorted, check_names()));
  for (const std::string_view name :
       {check_name::crash, check_name::determinism, check_name::leak, check_name::held_mutex}) {
    CHECK(std::ranges::count(check_names(), name) == 1);
  }
}
