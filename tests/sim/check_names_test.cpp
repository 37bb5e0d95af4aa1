#include <doctest/doctest.h>
#include <reprise/sim/check_names.h>

#include <string>
#include <vector>

using namespace reprise;

TEST_CASE("check names: a group stands for checks that are there and for no other") {
  for (const std::string& group : check_group_names()) {
    CAPTURE(group);
    CHECK(checks_named(group).size() > 1);
    for (const std::string& check : checks_named(group)) {
      CHECK(checks_named(check) == std::vector<std::string>{check});
      CHECK(stands_for(group, check));
      CHECK(!stands_for(check, group));
    }
    CHECK(!stands_for(group, "leak"));
  }
  CHECK(stands_for("leak", "leak"));
  CHECK(!stands_for("leak", "overlap"));
  CHECK(checks_named("leek").empty());
}
