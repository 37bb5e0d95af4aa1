// What each command prints with --json, against its published schema.
#include <doctest/doctest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/trace/file.h>

#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/published_schema.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using nlohmann::json;
using tests::Captured;
using tests::PublishedSchema;
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  Registered broken{"toys/counter/broken", tests::double_mutation_toy, "double-mutation", true};
  Registered mended{"toys/counter/mended", tests::clean_toy, {}, true};
  TemporaryFolder folder;

  std::string traces() const { return folder / "traces"; }

  Captured run(std::vector<std::string> arguments) const { return tests::run_reprise(arguments); }
};

std::string_view schema_of(std::string_view name) {
  for (const Command* const command : commands()) {
    if (command->name == name) return command->json_schema;
  }
  return {};
}

// The commands whose JSON was seen.
using Seen = std::set<std::string, std::less<>>;

json check_json(const Bench& bench, std::vector<std::string> arguments, int exit, Seen& seen) {
  const std::string command = arguments.front();
  CAPTURE(command);
  arguments.emplace_back("--json");
  const Captured captured = bench.run(std::move(arguments));
  CHECK_MESSAGE(captured.exit == exit, captured.err);
  const json document = json::parse(captured.out, nullptr, false);
  REQUIRE_MESSAGE(!document.is_discarded(), captured.out);
  const PublishedSchema schema{std::string(schema_of(command))};
  const std::string complaint = schema.complaint(document);
  CHECK_MESSAGE(complaint.empty(), complaint);
  seen.insert(command);
  return document;
}

TEST_CASE("schema: what every command prints with json is as its schema says") {
  const Bench bench;
  Seen seen;
  const std::string wrong = "toys/counter/broken";
  const json swept =
      check_json(bench, {"sweep", wrong, "toys/clean", "--out", bench.traces()}, 1, seen);
  CHECK(swept["findings"].size() == 1);
  CHECK(swept["certificates"].size() == 2);
  const std::string trace = swept["findings"][0]["trace"];
  check_json(bench, {"run", wrong, "--strategy", "lazy", "--out", bench.traces()}, 1, seen);
  check_json(bench,
             {"fuzz", "toys/clean", "--seed", "7", "--seeds", "20", "--shard", "1/2", "--out",
              bench.folder / "shards"},
             0, seen);
  const json merged = check_json(bench, {"merge", bench.folder / "shards"}, 4, seen);
  CHECK(merged["incomplete"].size() > 0);
  check_json(bench, {"replay", trace}, 1, seen);
  check_json(bench, {"shrink", trace, "--out", bench.folder / "shrunk"}, 1, seen);
  check_json(bench, {"show", trace}, 0, seen);
  check_json(bench, {"diff", trace, trace}, 0, seen);
  const std::string calm = bench.folder.write(
      "calm.json",
      R"({"format": "reprise-trace/1", "scenario": "toys/clean", "plan": {"base": "sync"}})");
  CHECK(check_json(bench, {"diff", trace, calm}, 1, seen).contains("event"));
  const std::string cmake = bench.folder.write(
      "CMakeLists.txt",
      "add_executable(h h.cpp)\ntarget_link_libraries(h PRIVATE reprise::main)\n");
  check_json(bench, {"promote", trace, "--out", bench.folder / "kept", "--cmake", cmake}, 0, seen);
  CHECK(check_json(bench, {"list"}, 0, seen)["scenarios"].size() == 3);
  check_json(bench, {"selftest", "--seeds", "50", "--campaigns", "2"}, 0, seen);
  CHECK(check_json(bench, {"explain"}, 0, seen)["checks"].size() > 20);
  check_json(bench, {"explain", "double-mutation"}, 0, seen);
  seen.insert({"new", "fleet", "flags"});  // below
  for (const Command* const command : commands()) {
    CAPTURE(command->name);
    CHECK(seen.contains(command->name) == !command->json_schema.empty());
  }
}

// A folder is written where one is, the headers are beside the built program, and a fleet is its
// processes.
TEST_CASE(
    "schema: what the program prints of a folder and flags and a fleet is as its schema says") {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder folder;
  const auto check = [&](const std::string& schema, const std::string& arguments) {
    const Captured captured =
        tests::capture_command("cd '" + folder.path() + "' && '" + program + "' " + arguments);
    CHECK_MESSAGE(captured.exit == 0, captured.err);
    const json document = json::parse(captured.out, nullptr, false);
    REQUIRE_MESSAGE(!document.is_discarded(), captured.out);
    const std::string complaint = PublishedSchema(schema).complaint(document);
    CHECK_MESSAGE(complaint.empty(), complaint);
  };
  check("new", "new my-machine --json");
  check("flags", "flags --json");
  check("report", "fleet --shards 2 --out all --json -- fuzz pager/clients --seed 7 --seeds 20");
}

TEST_CASE("schema: the program prints the files of the source tree") {
  const Bench bench;
  const Captured list = bench.run({"schema"});
  CHECK(list.exit == 0);
  CHECK(text(list.out) == Contains("report    run, fuzz, sweep, merge, fleet --json\n"));
  for (const Command* const command : commands()) {
    if (command->json_schema.empty()) continue;
    const std::string name(command->json_schema);
    CAPTURE(name);
    const Captured printed = bench.run({"schema", name});
    CHECK(printed.exit == 0);
    CHECK(printed.out == TemporaryFolder::read("docs/schemas/" + name + ".json"));
  }
}

TEST_CASE("schema: an unknown one and json where there is none are refused") {
  const Bench bench;
  const Captured unknown = bench.run({"schema", "reprot"});
  CHECK(unknown.exit == 2);
  CHECK(text(unknown.err) == Contains("there is no schema \"reprot\"; did you mean \"report\"?"));
  CHECK(bench.run({"schema", "report", "list"}).exit == 2);
  for (const char* const command : {"schema", "completions", "man"}) {
    const Captured refused = bench.run({command, "bash", "--json"});
    CHECK(refused.exit == 2);
    CHECK(text(refused.err) == Contains("there is no option \"--json\""));
    CHECK(refused.out.empty());
  }
}

TEST_CASE("schema: a field that no schema has is refused") {
  const PublishedSchema schema("list");
  json list = json::parse(R"({"format": "reprise-list/1", "scenarios": []})");
  CHECK(schema.accepts(list));
  list["tags"] = json::array();
  CHECK_FALSE(schema.accepts(list));
}

}  // namespace
}  // namespace reprise
