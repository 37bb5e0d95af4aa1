#include "tests/bench/options.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace reprise::bench;

namespace {

using Words = std::vector<std::string>;

Task task_of(const Words& words) { return parse_options(words).value().task; }
std::string error_of(const Words& words) { return parse_options(words).error(); }

}  // namespace

TEST_CASE("bench options: without one everything is measured") {
  CHECK(task_of({}) == Task::measure);
}

TEST_CASE("bench options: each is read with its argument") {
  CHECK(task_of({"--help"}) == Task::help);
  CHECK(task_of({"--instructions"}) == Task::count);
  CHECK(task_of({"--instructions", "--check", "page.md"}) == Task::check);
  CHECK(task_of({"--instructions", "--write", "page.md"}) == Task::write);
  CHECK(task_of({"--relacy", "program"}) == Task::relacy);
  const BenchOptions runs = parse_options(Words{"--runs", "3x10 bare", "12"}).value();
  CHECK(runs.task == Task::runs);
  CHECK(runs.argument == "3x10 bare");
  CHECK(runs.seeds == 12);
}

TEST_CASE("bench options: a wrong one is named and help is near") {
  CHECK(error_of({"--fast"}) == "there is no option \"--fast\"; see reprise-bench --help");
  for (const Words& words :
       {Words{"--relacy"}, Words{"--relacy", "a", "b"}, Words{"--check", "page.md"},
        Words{"--instructions", "page.md"}, Words{"--instructions", "--check"},
        Words{"--instructions", "--write", "a", "b"}, Words{"--runs", "corpus"},
        Words{"--runs", "corpus", "0"}, Words{"--runs", "corpus", "many"}, Words{"--help", "me"},
        Words{""}}) {
    CAPTURE(words.front());
    CHECK_FALSE(error_of(words).empty());
  }
}

TEST_CASE("bench options: the help names every option and every fixed run") {
  const std::string help = help_text({"3x10 bare", "corpus"});
  for (const char* word : {"--help", "--instructions", "--check", "--write", "--relacy", "--runs",
                           "\"3x10 bare\"", "\"corpus\""}) {
    CAPTURE(word);
    CHECK(help.find(word) != std::string::npos);
  }
}
