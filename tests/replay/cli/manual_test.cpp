// The manual pages, as man(1) shows them.
#include <doctest/doctest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/manual.h>
#include <reprise/replay/cli/options.h>

#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;
using tests::text;

Captured run(const std::vector<std::string>& arguments) {
  return tests::run_reprise(arguments, "/usr/local/bin/reprise");
}

// What man(1) of the package man-db makes of a page.
Captured shown(const std::string& path) {
  return tests::capture_command(
      "LC_ALL=C.UTF-8 MANWIDTH=120 MAN_KEEP_FORMATTING= man --warnings -E UTF-8 -l '" + path + "'");
}

TEST_CASE("manual: each command has a page that man shows without a warning") {
  const TemporaryFolder folder;
  const std::string out = folder / "man1";
  CHECK(run({"man", "--out", out}).exit == 0);
  for (const CommandHelp& help : command_help()) {
    const std::string name = "reprise-" + std::string(help.command->name);
    CAPTURE(name);
    const Captured page = shown(out + '/' + name + ".1");
    CHECK_MESSAGE(page.err.empty(), page.err);
    CHECK(text(page.out) == Contains((name + " - " + std::string(help.command->summary)).c_str()));
    for (const OptionHelp& option : help.options) {
      CHECK(text(page.out) == Contains(option.names.back().c_str()));
    }
    CHECK(text(page.out) == Contains("70 internal error"));
  }
  const Captured overview = shown(out + "/reprise.1");
  CHECK_MESSAGE(overview.err.empty(), overview.err);
  for (const std::string& name : command_names()) {
    CHECK(text(overview.out) == Contains(("reprise-" + name + "(1)").c_str()));
  }
}

TEST_CASE("manual: quotes and dashes and backslashes are shown as they are typed") {
  const TemporaryFolder folder;
  const Captured page = run({"man", "fuzz"});
  CHECK(page.exit == 0);
  const Captured seen = shown(folder.write("fuzz.1", page.out));
  CHECK(text(seen.out) == Contains("reprise fuzz 'pager/*' --for 30s"));
  CHECK(text(seen.out) == Contains("Arguments after `--` go to the compiler"));
}

TEST_CASE("manual: without a command the page of the program is printed") {
  const Captured page = run({"man"});
  CHECK(page.exit == 0);
  CHECK(text(page.out) == Contains(".TH REPRISE 1"));
  CHECK(page.out == manual_pages("reprise").front().text);
}

TEST_CASE("manual: an unknown command and a folder that cannot be made are refused") {
  const Captured unknown = run({"man", "fuz"});
  CHECK(unknown.exit == 2);
  CHECK(text(unknown.err) == Contains("there is no command \"fuz\"; did you mean \"fuzz\"?"));
  CHECK(run({"man", "fuzz", "run"}).exit == 2);
  CHECK(run({"man", "fuzz", "--out", "no"}).exit == 2);
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  const Captured refused = run({"man", "--out", file + "/man1"});
  CHECK(refused.exit == 2);
  CHECK(text(refused.err) == Contains("file/man1"));
}

}  // namespace
}  // namespace reprise
