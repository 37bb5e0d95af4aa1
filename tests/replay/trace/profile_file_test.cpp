#include <doctest/doctest.h>
#include <reprise/replay/trace/profile_file.h>

#include <string>
#include <string_view>

#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

const Profile base = *built_in_profile("default");

std::string error_of(std::string_view text) { return parse_profile(text, base).error(); }

TEST_CASE("profile file: what it says replaces what the base has") {
  const Expected<Profile> profile = parse_profile(
      R"({"name": "flaky", "rates": {"error": "1/50", "short": "0/1", "yield-before": "1/1"},)"
      R"( "latency_bits": 0})",
      base);
  REQUIRE_MESSAGE(profile.ok(), profile.error());
  Profile expected = base;
  expected.name = "flaky";
  expected.rate(DecisionKind::error) = {1, 50};
  expected.rate(DecisionKind::short_io) = {0, 1};
  expected.rate(DecisionKind::yield_before) = {1, 1};
  expected.latency_bits = 0;
  CHECK(profile.value() == expected);
}

TEST_CASE("profile file: an empty one is the base") {
  CHECK(parse_profile("{}", base).value() == base);
}

TEST_CASE("profile file: unknown names are named with what was meant") {
  CHECK(error_of(R"({"rate": {}})") == "unknown field \"rate\"; did you mean \"rates\"?");
  CHECK(error_of(R"({"rates": {"eror": "1/2"}})") ==
        "rates: unknown rate \"eror\"; did you mean \"error\"?");
  CHECK(error_of(R"({"rates": {"delivery": "1/2"}})") == "rates: unknown rate \"delivery\"");
  CHECK(error_of(R"({"rates": {"workload": "1/2"}})") ==
        "rates.workload: has no rate; a workload's choices are always uniform");
}

TEST_CASE("profile file: rates lie between 0/x and 1") {
  for (const std::string_view rate :
       {"\"1/0\"", "\"2/1\"", "\"-1/2\"", "\"1/2/3\"", "\"1\"", "\"\"", "\"/\"", "\"1/4294967296\"",
        "\" 1/2\"", "0.5", "[1, 2]"}) {
    const std::string found = rate == "[1, 2]" ? "a list" : std::string(rate);
    CHECK(error_of("{\"rates\": {\"error\": " + std::string(rate) + "}}") ==
          "rates.error: expected a rate from \"0/1\" to \"1/1\", such as \"1/50\", found " + found);
  }
  CHECK(parse_profile(R"({"rates": {"error": "4294967295/4294967295"}})", base).ok());
}

TEST_CASE("profile file: other fields are checked") {
  CHECK(error_of(R"({"latency_bits": 64})") ==
        "latency_bits: expected a whole number from 0 to 63, found 64");
  CHECK(error_of(R"({"name": 1})") == "name: expected a text, found 1");
  CHECK(error_of(R"({"rates": []})") == "rates: expected an object, found a list");
  CHECK(error_of("[]") == "expected an object, found a list");
  CHECK(error_of("{\n\"rates\": {") ==
        "line 2, column 11: the text ends here, in the middle; it was cut off");
}

TEST_CASE("profile file: sentences about files name the path") {
  const tests::TemporaryFolder folder;
  const std::string path = folder.write("p.json", R"({"nam": "x"})");
  CHECK(read_profile(path, base).error() ==
        path + ": unknown field \"nam\"; did you mean \"name\"?");
  CHECK(read_profile(folder / "none", base).error() ==
        (folder / "none") + ": there is no such file");
  folder.write("p.json", R"({"name": "x"})");
  CHECK(read_profile(path, base).value().name == "x");
}

}  // namespace
}  // namespace reprise
