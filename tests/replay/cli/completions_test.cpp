// The completion scripts, in the shells that they are for.
#include <doctest/doctest.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/options.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {
namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;
using tests::text;

Captured run(const std::string& program, const std::vector<std::string>& arguments) {
  return tests::run_reprise(arguments, program);
}

std::string script_for(const std::string& shell, const std::string& program = "bin/reprise") {
  const Captured captured = run(program, {"completions", shell});
  CHECK(captured.exit == 0);
  CHECK(captured.err.empty());
  return captured.out;
}

// A folder with the script, in which `reprise` is the built program.
struct Shell {
  TemporaryFolder folder;
  std::string name;

  explicit Shell(const std::string& shell) : name(shell) {
    const char* const program = std::getenv("REPRISE_PROGRAM");
    REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
    std::filesystem::create_symlink(program, folder / "reprise");
    folder.write("src/machine.cpp", "");
    folder.write("completions", script_for(shell.substr(0, shell.find(' '))));
  }
  // What the shell prints.
  std::string type(const std::string& code) const {
    const std::string file = folder.write("code", code);
    const Captured captured =
        tests::capture_command("cd '" + folder.path() + "' && PATH=\"$PWD:$PATH\" HOME=\"$PWD\" " +
                               name + " '" + file + "'");
    CHECK_MESSAGE(captured.err.empty(), captured.err);
    return captured.out;
  }
};

// The words that bash offers for the last of `words`.
std::string offered_by_bash(const Shell& bash, const std::string& words) {
  return bash.type("source ./completions\nCOMP_WORDS=(" + words +
                   ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_reprise\nprintf '%s\\n' "
                   "\"${COMPREPLY[@]}\"\n");
}

TEST_CASE("completions: bash offers commands and options and values") {
  const Shell bash("bash");
  CHECK(offered_by_bash(bash, "reprise fu") == "fuzz\n");
  CHECK(text(offered_by_bash(bash, "reprise ''")) == Contains("sweep\n"));
  CHECK(offered_by_bash(bash, "reprise fuzz --jun") == "--junit\n");
  CHECK(offered_by_bash(bash, "reprise list --jun") == "\n");
  CHECK(offered_by_bash(bash, "reprise fuzz --check double-m") == "double-mutation\n");
  CHECK(offered_by_bash(bash, "reprise fuzz --seed ''") == "\n");
  CHECK(offered_by_bash(bash, "reprise fuzz --color al") == "always\n");
  CHECK(offered_by_bash(bash, "reprise completions z") == "zsh\n");
  CHECK(offered_by_bash(bash, "reprise explain store-w") == "store-watch\n");
}

TEST_CASE("completions: bash offers scenarios and files") {
  const Shell bash("bash");
  CHECK(offered_by_bash(bash, "reprise run pager/client") == "pager/clients\n");
  CHECK(offered_by_bash(bash, "reprise fuzz sr") == "src/\n");
  CHECK(offered_by_bash(bash, "reprise fuzz src/") == "src/machine.cpp\n");
  CHECK(offered_by_bash(bash, "reprise fuzz --junit sr") == "src/\n");
}

TEST_CASE("completions: fish offers commands and options and scenarios") {
  const Shell fish("fish --no-config");
  const auto offered = [&](const std::string& line) {
    return fish.type("source ./completions\ncomplete -C '" + line + "'\n");
  };
  CHECK(text(offered("reprise fu")) == Contains("fuzz\tMakes the calm runs"));
  CHECK(text(offered("reprise fuzz --jun")) == Contains("--junit\tAlso writes JUnit"));
  CHECK(offered("reprise list --jun").empty());
  CHECK(offered("reprise run pager/client") == "pager/clients\n");
  CHECK(offered("reprise fuzz --check double-m").starts_with("double-mutation\t"));
}

TEST_CASE("completions: zsh takes the script and knows the command") {
  const Shell zsh("zsh -f");
  CHECK(zsh.type("autoload -U compinit\ncompinit -u -D\nsource ./completions\n"
                 "print -r -- $_comps[reprise]\n") == "_reprise\n");
}

TEST_CASE("completions: each script has every option of every command") {
  const std::string bash = script_for("bash");
  const std::string zsh = script_for("zsh");
  const std::string fish = script_for("fish");
  CHECK(command_help().size() == commands().size());
  for (const CommandHelp& help : command_help()) {
    CHECK(help.options.size() >= 4);
    for (const OptionHelp& option : help.options) {
      const std::string& name = option.names.back();
      CAPTURE(name);
      CHECK(text(bash) == Contains((" " + name + " ").c_str()));
      CHECK(text(zsh) == Contains(("'*" + name + "[").c_str()));
      CHECK(text(fish) == Contains((" -l " + name.substr(2) + " ").c_str()));
    }
  }
}

TEST_CASE("completions: they are for the name that the program is called by") {
  for (const char* const shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    const std::string script = script_for(shell, "/opt/my tools/har'ness 2");
    CHECK(text(script) == Contains("ness 2'"));
    const TemporaryFolder folder;
    const std::string path = folder.write("script", script);
    CHECK(tests::capture_command(std::string(shell) + " -n '" + path + "'").err.empty());
  }
}

TEST_CASE("completions: list prints the names of scenarios alone") {
  const tests::Registered one("toys/one", tests::clean_toy);
  const tests::Registered two("toys/two", tests::clean_toy);
  const Captured list = run("reprise", {"list", "--names", "toys/*"});
  CHECK(list.exit == 0);
  CHECK(list.out == "toys/one\ntoys/two\n");
}

TEST_CASE("completions: another shell is one sentence") {
  const Captured unknown = run("reprise", {"completions", "bahs"});
  CHECK(unknown.exit == 2);
  CHECK(unknown.out.empty());
  CHECK(text(unknown.err) == Contains("not \"bahs\"; did you mean \"bash\"?"));
  CHECK(run("reprise", {"completions"}).exit == 2);
  CHECK(run("reprise", {"completions", "bash", "--json"}).exit == 2);
}

}  // namespace
}  // namespace reprise
