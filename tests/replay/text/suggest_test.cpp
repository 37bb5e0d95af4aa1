#include <doctest/doctest.h>
#include <reprise/replay/text/suggest.h>

#include <string>
#include <vector>

namespace reprise {
namespace {

const std::vector<std::string> commands = {"run", "sweep", "fuzz", "explore", "replay", "shrink"};

TEST_CASE("suggest: a letter missing or added or wrong or swapped is forgiven") {
  CHECK(did_you_mean("explor", commands) == "explore");
  CHECK(did_you_mean("ffuzz", commands) == "fuzz");
  CHECK(did_you_mean("swerp", commands) == "sweep");
  CHECK(did_you_mean("relpay", commands) == "replay");
  CHECK(did_you_mean("rnu", commands) == "run");
}

TEST_CASE("suggest: upper and lower case are the same") {
  CHECK(did_you_mean("FUZZ", commands) == "fuzz");
}

TEST_CASE("suggest: what is like nothing gets no suggestion") {
  CHECK(did_you_mean("benchmark", commands) == "");
  CHECK(did_you_mean("", commands) == "");
  CHECK(did_you_mean("x", commands) == "");
  CHECK(did_you_mean("run", {}) == "");
  CHECK(did_you_mean("x", {"y"}) == "");
}

TEST_CASE("suggest: the nearest wins and the first of equals") {
  CHECK(did_you_mean("shrinks", {"shrunk", "shrink"}) == "shrink");
  CHECK(did_you_mean("bat", {"cat", "hat"}) == "cat");
}

TEST_CASE("suggest: a word of a megabyte is not compared") {
  CHECK(did_you_mean(std::string(1 << 20, 'x'), commands) == "");
}

TEST_CASE("suggest: the phrase stands behind a sentence or is nothing") {
  CHECK(did_you_mean_phrase("fuz", commands) == "; did you mean \"fuzz\"?");
  CHECK(did_you_mean_phrase("benchmark", commands) == "");
  CHECK(did_you_mean_phrase("fuz", commands, "all") == "; did you mean \"fuzz\"? all");
  CHECK(did_you_mean_phrase("benchmark", commands, "all") == "; all");
}

}  // namespace
}  // namespace reprise
