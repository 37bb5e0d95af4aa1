#include <doctest/doctest.h>
#include <reprise/replay/trace/replay.h>

#include <string>

namespace reprise {

namespace {

bool is_same(const std::string& check, const std::string& signature, const std::string& now_check,
             const std::string& now_signature) {
  TracedFinding recorded;
  recorded.check = check;
  recorded.signature = signature;
  Finding now;
  now.check = now_check;
  now.signature = now_signature;
  return is_same_finding(recorded, now);
}

}  // namespace

TEST_CASE("replay: a finding that was recorded under the name of a group is the same bug") {
  CHECK(is_same("progress", "progress toy: deadlock", "deadlock", "deadlock toy: deadlock"));
  CHECK(is_same("deadlock", "deadlock toy: deadlock", "deadlock", "deadlock toy: deadlock"));
  CHECK_FALSE(
      is_same("progress", "progress toy: deadlock", "deadlock", "deadlock toy: deadlock at a"));
  CHECK_FALSE(is_same("progress", "progress toy: deadlock", "leak", "leak toy: deadlock"));
  CHECK_FALSE(is_same("livelock", "livelock toy: x", "deadlock", "deadlock toy: x"));
}

}  // namespace reprise
