// Compiles what must not compile, and reads what the compilers say.
#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace {

using doctest::Contains;
using reprise::tests::Captured;
using reprise::tests::TemporaryFolder;
namespace fs = std::filesystem;

struct Mistake {
  const char* statement;
  const char* sentence;
};

const std::vector<Mistake> mistakes = {
    {"RETURN_IF_IO(file.sync());", "this call returns a Completion, which is not yet a result"},
    {"end += RETURN_IF_IO(file.sync());",
     "this call returns a Completion, which is not yet a result"},
    {"RETURN_AND_RESTORE_IF_IO(end, 1, file.sync());",
     "this call returns a Completion, which is not yet a result"},
    {"EXPECT_NO_IO(file.sync());", "this call returns a Completion, which is not yet a result"},
    {"RETURN_IF_IO(nothing());", "this call returns nothing, so it cannot be awaited"},
    {"end = RETURN_IF_IO(now());", "this call returns a result that is there at once"},
    {"if (RETURN_IF_IO(flag())) end = 1;", "an await macro takes a call that returns an IOResult"},
    {"RETURN_IF_IO(error());", "an await macro takes a call that returns an IOResult"},
    {"IO_YIELD_ONE(answer());", "IO_YIELD_ONE takes a Completion, and this is an IOResult"},
    {"IO_YIELD_ONE(answer().io());",
     "IO_YIELD_ONE takes a Completion, and these are IOCompletions"},
    {"IO_YIELD_ONE(end);", "IO_YIELD_ONE takes a Completion: what is waited for"},
    {"ADAPTED_AWAIT(\"flag()\", flag());",
     "ADAPTED_AWAIT takes a call whose result type has a reprise::ResultAdapter"},
    {"IO_YIELD_ONE(file);", "IO_YIELD_ONE takes a Completion: what is waited for"},
};

// What stands in front of the mistakes; each of them is a function of its own, on a line of its
// own.
constexpr std::string_view machine =
    "#include <reprise/core/adapter.h>\n"
    "#include <reprise/core/await.h>\n"
    "#include <reprise/core/io.h>\n"
    "using namespace reprise;\n"
    "struct Machine {\n"
    "  File& file;\n"
    "  std::uint64_t end = 0;\n"
    "  IOResult<int> answer();\n"
    "  Result<std::uint64_t> now();\n"
    "  void nothing();\n"
    "  bool flag();\n"
    "  IOError error();\n";

struct Compiler {
  TemporaryFolder folder;

  Compiler() { fs::create_directory_symlink(fs::current_path(), fs::path(folder / "reprise")); }

  // What it says in English, however it is set.
  std::string errors(const std::string& compiler, const std::string& statements) const {
    const std::string file =
        folder.write("mistakes.cpp", std::string(machine) + statements + "};\n");
    const Captured captured = reprise::tests::capture_command(
        "LC_ALL=C " + compiler + " -std=c++20 -fsyntax-only -I" + folder / "" + " " + file);
    return captured.exit == 0 ? "" : captured.err;
  }
};

std::vector<std::string> compilers() {
  std::vector<std::string> found;
  for (const char* compiler : {"g++", "clang++"}) {
    const std::string command = std::string("command -v ") + compiler;
    if (reprise::tests::capture_command(command).exit == 0) found.emplace_back(compiler);
  }
  return found;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++times;
  }
  return times;
}

}  // namespace

TEST_CASE("await mistakes: each ends in one sentence of the compiler") {
  const Compiler compiler;
  std::string statements;
  for (std::size_t i = 0; i < mistakes.size(); ++i) {
    statements += "  IOResult<Unit> f" + std::to_string(i) + "() { " + mistakes[i].statement +
                  " return Unit{}; }\n";
  }
  REQUIRE_FALSE(compilers().empty());
  for (const std::string& name : compilers()) {
    CAPTURE(name);
    const std::string said = compiler.errors(name, statements);
    CAPTURE(said);
    CHECK(count(said, "error:") == mistakes.size());
    for (std::size_t i = 0; i < mistakes.size(); ++i) {
      CAPTURE(mistakes[i].statement);
      const auto is_same = [&](const Mistake& other) {
        return std::string_view(other.sentence) == mistakes[i].sentence;
      };
      CHECK(count(said, mistakes[i].sentence) >=
            static_cast<std::size_t>(std::ranges::count_if(mistakes, is_same)));
      // The user's own line is named.
      const auto line =
          std::count(machine.begin(), machine.end(), '\n') + 1 + static_cast<std::ptrdiff_t>(i);
      CHECK(count(said, "mistakes.cpp:" + std::to_string(line) + ":") > 0);
    }
  }
}

TEST_CASE("await mistakes: what is right compiles") {
  const Compiler compiler;
  const std::string statements =
      "  IOResult<Unit> f() { end += static_cast<unsigned>(RETURN_IF_IO(answer())); return Unit{}; "
      "}\n"
      "  IOResult<Unit> g() { const Completion c = file.sync(); IO_YIELD_ONE(c); }\n"
      "  IOResult<Unit> h() { IO_YIELD_ONE(Completion::yield()); }\n"
      "  IOResult<Unit> i() { EXPECT_NO_IO(answer()); return Unit{}; }\n";
  for (const std::string& name : compilers()) {
    CAPTURE(name);
    CHECK(compiler.errors(name, statements) == "");
  }
}
