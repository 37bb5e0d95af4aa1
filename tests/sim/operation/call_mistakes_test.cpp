// Compiles what must not compile, and reads what the compilers say: calls of Sim.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;

struct Mistake {
  const char* statement;
  const char* sentence;
};

constexpr Mistake mistakes[] = {
    {"(void)sim.await([&] { machine.step(); });", "sim.await() takes a function"},
    {"(void)sim.await([&] { return 1; });", "sim.await() takes a function"},
    {"(void)sim.await(machine.step());", "sim.await() takes a function"},
    {"sim.drive(\"d\", [&] { machine.step(); });", "sim.drive() takes a function"},
    {"sim.observe(\"m\", machine);", "sim.observe() takes a value with a describe()"},
    {"sim.task(\"t\", [&] { RETURN_IF_IO(machine.step()); });", "the body of a task is no machine"},
};

constexpr std::string_view before =
    "#include <reprise/reprise.h>\n"
    "#include <string>\n"
    "using namespace reprise;\n"
    "struct Machine { std::string name; IOResult<Unit> step(); };\n"
    "void scenario(Sim& sim, Machine& machine) {\n";

// What a compiler says of one statement; empty if it compiles.
std::string errors(const std::string& compiler, const std::string& statement) {
  const reprise::tests::TemporaryFolder folder;
  fs::create_directory_symlink(fs::current_path(), fs::path(folder / "reprise"));
  const std::string file =
      folder.write("mistake.cpp", std::string(before) + "  " + statement + "\n}\n");
  const reprise::tests::Captured captured = reprise::tests::capture_command(
      "LC_ALL=C " + compiler + " -std=c++20 -fsyntax-only -I" + folder / "" + " " + file);
  return captured.exit == 0 ? "" : captured.err;
}

}  // namespace

TEST_CASE("call mistakes: each ends in one sentence of the compiler" *
          doctest::test_suite("slow")) {
  for (const std::string compiler : {"g++", "clang++"}) {
    if (reprise::tests::capture_command("command -v " + compiler).exit != 0) continue;
    CAPTURE(compiler);
    for (const Mistake& mistake : mistakes) {
      const std::string said = errors(compiler, mistake.statement);
      CHECK_MESSAGE(said.find(mistake.sentence) != std::string::npos, said);
      const std::size_t first = said.find("error:");
      REQUIRE(first != std::string::npos);
      CHECK_MESSAGE(said.find("error:", first + 1) == std::string::npos, said);
    }
    CHECK(errors(compiler, "sim.observe(\"d\", [] { return std::uint64_t{1}; });") == "");
    CHECK(errors(compiler, "sim.task(\"t\", [&] { return machine.name.size(); });") == "");
  }
}
