#include "tests/bench/guard.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::bench;
using reprise::tests::capture;
using reprise::tests::Captured;
using reprise::tests::TemporaryFolder;

namespace {

std::string page_of(const std::string& count) {
  return "<!-- instructions -->\n| fixed run, quick build by g++ 12 | instructions per run |\n"
         "| --- | ---: |\n| corpus | " +
         count + " |\n<!-- end of instructions -->\n";
}

Guard counting(std::uint64_t instructions) {
  return {.names = {"corpus"},
          .count = [=](const std::string&) -> Expected<std::uint64_t> { return instructions; },
          .compiler = "g++ 12",
          .no_count = "",
          .no_comparison = "",
          .program = "build/reprise-bench"};
}

Guard failing() {
  Guard guard = counting(1);
  guard.count = [](const std::string&) { return Expected<std::uint64_t>::failed("it failed"); };
  return guard;
}

Captured checked(const Guard& guard, const std::string& page) {
  return capture([&] { return check_table(guard, page); });
}
Captured written(const Guard& guard, const std::string& page) {
  return capture([&] { return write_table(guard, page); });
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("guard: it passes what the table says and what is less") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  CHECK(checked(counting(1030), page).exit == guard_passed);
  CHECK(checked(counting(970), page).out ==
        "instructions per run\n  corpus                      970\n");
}

TEST_CASE("guard: of what fell it says how to lower the table") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  const Captured result = checked(counting(500), page);
  CHECK(result.exit == guard_passed);
  CHECK(has(result.out, "corpus fell by 50.0 %"));
  CHECK(
      has(result.out, "To lower the table:\n  build/reprise-bench --instructions --write " + page));
}

TEST_CASE("guard: it fails if a fixed run takes more than 3 % more") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  const Captured result = checked(counting(1031), page);
  CHECK(result.exit == guard_risen);
  CHECK(has(result.out, "corpus rose by 3.1 %"));
  CHECK(has(result.out, "raise the table:\n  build/reprise-bench --instructions --write " + page));
}

TEST_CASE("guard: a table that cannot be read has the exit code of wrong input") {
  const TemporaryFolder folder;
  const std::string page = folder / "page.md";
  const Captured missing = checked(counting(1), page);
  CHECK(missing.exit == guard_failed);
  CHECK(missing.err == "reprise-bench: " + page + ": there is no such file\n");
  folder.write("page.md", "# Speed\n");
  const Captured no_table = checked(counting(1), page);
  CHECK(no_table.exit == guard_failed);
  CHECK(has(no_table.err, page + ": there is no table between the lines"));
  folder.write("page.md", page_of("many"));
  CHECK(checked(counting(1), page).exit == guard_failed);
  CHECK(written(counting(1), folder.write("page.md", "# Speed\n")).exit == guard_failed);
}

TEST_CASE("guard: a count that fails has the exit code of wrong input and writes nothing") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  CHECK(capture([] { return print_counts(failing()); }).exit == guard_failed);
  const Captured result = checked(failing(), page);
  CHECK(result.exit == guard_failed);
  CHECK(result.err == "reprise-bench: corpus: it failed\n");
  CHECK(written(failing(), page).exit == guard_failed);
  CHECK(TemporaryFolder::read(page) == page_of("1,000"));
}

TEST_CASE("guard: where it cannot compare it skips") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  Guard guard = counting(5000);
  guard.compiler = "g++ 13";
  const Captured result = checked(guard, page);
  CHECK(result.exit == guard_skipped);
  CHECK(result.out == "skipped: the table is of g++ 12, and this build of g++ 13\n");
  guard = counting(5000);
  guard.no_comparison = "this build has sanitizers";
  CHECK(checked(guard, page).exit == guard_skipped);
  guard = counting(5000);
  guard.no_count = "valgrind is not installed";
  CHECK(checked(guard, page).exit == guard_skipped);
}

TEST_CASE("guard: a broken table is not skipped where there is no valgrind") {
  const TemporaryFolder folder;
  Guard guard = counting(1);
  guard.no_count = "valgrind is not installed";
  CHECK(checked(guard, folder.write("page.md", "# Speed\n")).exit == guard_failed);
}

TEST_CASE("guard: it writes the table of a quick build only") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.md", page_of("1,000"));
  Guard guard = counting(2000);
  guard.no_comparison = "this build is of the type Debug";
  CHECK(written(guard, page).exit == guard_failed);
  CHECK(TemporaryFolder::read(page) == page_of("1,000"));
  CHECK(written(counting(2000), page).exit == guard_passed);
  CHECK(TemporaryFolder::read(page) == page_of("2,000"));
}
