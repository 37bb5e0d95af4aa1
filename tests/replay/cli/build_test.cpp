// Builds of several files: object by object from the cache, with the store watch in some of them,
// and with `reprise flags` by a Makefile. All of it by the built program.
#include <doctest/doctest.h>
#include <reprise/replay/json/json.h>

#include <cstdlib>
#include <string>

#include "tests/support/captured.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;

std::string program() {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  return path;
}

doctest::String text(const std::string& from) { return {from.c_str()}; }

// Commands are typed in a folder with a cache of its own.
struct Bench {
  TemporaryFolder folder;

  Captured shell(const std::string& command) const {
    return tests::capture_command("cd '" + folder.path() + "' && export REPRISE_CACHE='" +
                                  folder / "cache" + "' REPRISE='" + program() + "' && " + command);
  }
  Captured reprise(const std::string& arguments) const { return shell("$REPRISE " + arguments); }
};

// A file in C++ with a scenario, and two in C with what it calls.
const std::string list_project = "list glue.cpp one.c two.c";
struct Project : Bench {
  Project() {
    folder.write("one.c", "#include \"project.h\"\nint one(void) { return 1; }\n");
    folder.write("two.c", "#include \"project.h\"\nint two(void) { return 2; }\n");
    folder.write("project.h", "int one(void);\nint two(void);\n");
    folder.write("glue.cpp",
                 "#include <reprise/reprise.h>\n"
                 "extern \"C\" {\n#include \"project.h\"\n}\n"
                 "SCENARIO(\"project/sum\") {\n  sim.expect_eq(one() + two(), 3);\n"
                 "  sim.run();\n}\n");
  }
};

// The same state is changed again on re-entry, by memcpy(), in machine.cpp.
struct Machine : Bench {
  Machine() {
    folder.write("machine.h",
                 "#include <reprise/reprise.h>\n"
                 "struct Machine {\n  reprise::File& file;\n  int value = 0;\n"
                 "  reprise::Completion pending = {};\n"
                 "  reprise::IOResult<reprise::Unit> bump();\n};\n");
    folder.write("machine.cpp",
                 "#include \"machine.h\"\n#include <cstring>\n"
                 "static volatile std::size_t size = sizeof(int);\n"
                 "reprise::IOResult<reprise::Unit> Machine::bump() {\n"
                 "  const int next = value + 1;\n"
                 "  std::memcpy(&value, &next, size);\n"
                 "  if (!pending) pending = file.pread(0, reprise::Buffer::allocate(512));\n"
                 "  RETURN_IF_IO(reprise::take_finished(pending));\n"
                 "  return reprise::Unit{};\n}\n");
    folder.write("glue.cpp",
                 "#include \"machine.h\"\n"
                 "SCENARIO(\"watched/bump\") {\n  Machine machine{sim.open(\"data\")};\n"
                 "  sim.task(\"client\", [&] {\n"
                 "    (void)sim.await([&] { return machine.bump(); });\n  });\n"
                 "  sim.run();\n}\n");
  }
};

}  // namespace

TEST_CASE("build: an edit of one file compiles that file alone") {
  const Project bench;
  CHECK(text(bench.reprise(list_project).err) == Contains("compiling glue.cpp, one.c, two.c\n"));
  bench.folder.write("glue.cpp", TemporaryFolder::read(bench.folder / "glue.cpp") + "\n");
  CHECK(bench.reprise(list_project).err == "compiling glue.cpp\n");
  CHECK(bench.reprise(list_project).err.empty());
  bench.folder.write("two.c", "int two(void) { return 2; }\n");
  CHECK(bench.reprise(list_project).err == "compiling two.c\n");

  SUBCASE("and that of a header compiles those that include it") {
    bench.folder.write("project.h", "int one(void);\nint two(void);\n\n");
    CHECK(bench.reprise(list_project).err == "compiling glue.cpp, one.c\n");
  }
  SUBCASE("and one that is undone compiles nothing") {
    bench.folder.write("two.c", "#include \"project.h\"\nint two(void) { return 2; }\n");
    CHECK(bench.reprise(list_project).err.empty());
  }
  SUBCASE("and a library of fewer files is only linked") {
    bench.folder.write("glue.cpp", TemporaryFolder::read(bench.folder / "glue.cpp") +
                                       "extern \"C\" int two(void) { return 2; }\n");
    CHECK(bench.reprise("list glue.cpp one.c").err == "compiling glue.cpp\n");
    CHECK(bench.reprise("list one.c two.c").err.starts_with("linking one.c, two.c\n"));
  }
}

TEST_CASE("build: what was compiled beside a mistake is kept") {
  const Project bench;
  bench.folder.write("two.c", "int two(void) { return }\n");
  const Captured wrong = bench.reprise(list_project);
  CHECK(wrong.exit == 2);
  CHECK(text(wrong.err) == Contains("two.c:1:"));
  bench.folder.write("two.c", "int two(void) { return 2; }\n");
  const Captured mended = bench.reprise("run glue.cpp one.c two.c --out traces");
  CHECK(mended.exit == 0);
  CHECK(mended.err.starts_with("compiling two.c\n"));
}

TEST_CASE("build: only the files that --watch names are watched" *
          doctest::skip(tests::is_sanitized)) {
  const Machine bench;
  const std::string fuzz = "fuzz glue.cpp machine.cpp -q --seed 1 --seeds 20 ";
  for (const char* const compiler : {"g++", "clang++"}) {
    CAPTURE(compiler);
    const auto run = [&](const std::string& options) {
      return bench.shell(std::string("CXX=") + compiler + " $REPRISE " + fuzz + options);
    };
    const Captured all = run("");
    CHECK(all.exit == 1);
    CHECK(text(all.out) == Contains("error[double-mutation]"));
    CHECK(run("--watch 'mach*.cpp'").exit == 1);
    CHECK(run("--watch glue.cpp").exit == 0);
    const Captured both = run("--watch glue.cpp --watch machine.cpp");
    CHECK(both.exit == 1);
    CHECK(text(both.out) == Contains(" --watch glue.cpp --watch machine.cpp\n"));
  }
}

TEST_CASE("build: a --watch that names nothing is one sentence") {
  const Project bench;
  const Captured none = bench.reprise("fuzz glue.cpp one.c two.c --watch 'src/*.c'");
  CHECK(none.exit == 2);
  CHECK(none.err ==
        "error: --watch \"src/*.c\": no file that is compiled matches; there is glue.cpp, one.c, "
        "two.c\n");
  const Captured both = bench.reprise("fuzz glue.cpp --watch '*' --no-watch");
  CHECK(both.exit == 2);
  CHECK(text(both.err) == Contains("which --no-watch and --asan turn off"));
}

TEST_CASE("flags: a Makefile builds with them what the program finds a bug in" *
          doctest::skip(tests::is_sanitized)) {
  const Machine bench;
  bench.folder.write("step.h", "struct queue { unsigned count; };\nvoid step(struct queue *q);\n");
  bench.folder.write("step.c", "#include \"step.h\"\nvoid step(struct queue *q) { q->count++; }\n");
  bench.folder.write("machine.cpp",
                     "#include \"machine.h\"\nextern \"C\" {\n#include \"step.h\"\n}\n"
                     "reprise::IOResult<reprise::Unit> Machine::bump() {\n"
                     "  step(reinterpret_cast<queue*>(&value));\n"
                     "  if (!pending) pending = file.pread(0, reprise::Buffer::allocate(512));\n"
                     "  RETURN_IF_IO(reprise::take_finished(pending));\n"
                     "  return reprise::Unit{};\n}\n");
  bench.folder.write("Makefile",
                     "include reprise.mk\n"
                     "harness.so: glue.o machine.o step.o\n"
                     "\t$(CXX) $(REPRISE_LDFLAGS) $^ -o $@\n"
                     "%.o: %.cpp\n\t$(CXX) $(REPRISE_CXXFLAGS) -c $< -o $@\n"
                     "%.o: %.c\n\t$(CC) $(REPRISE_CFLAGS) -c $< -o $@\n"
                     "reprise.mk:\n\t$(REPRISE) flags > $@\n");
  for (const char* const compilers : {"CXX=g++ CC=gcc", "CXX=clang++ CC=clang"}) {
    CAPTURE(compilers);
    const std::string rm = "rm -f *.o *.so reprise.mk && export ";
    const Captured made = bench.shell(rm + compilers + " && make harness.so");
    CHECK_MESSAGE(made.exit == 0, made.err);
    CHECK(text(made.err) != Contains("warning"));
    const Captured found = bench.reprise("fuzz harness.so -q --seed 1 --seeds 20");
    CHECK(found.exit == 1);
    CHECK(text(found.out) == Contains("error[double-mutation]"));
    CHECK(text(found.out) == Contains("--> step.c:2"));
    const Captured unwatched = bench.shell(
        rm + compilers + " && $REPRISE flags --no-watch > reprise.mk && make harness.so");
    CHECK_MESSAGE(unwatched.exit == 0, unwatched.err);
    CHECK(bench.reprise("fuzz harness.so -q --seed 1 --seeds 20").exit == 0);
  }
}

TEST_CASE("flags: each part is a line of its own and json has them all") {
  const Bench bench;
  const Captured all = bench.reprise("flags");
  CHECK(all.exit == 0);
  const Captured json = bench.reprise("flags --json");
  CHECK(parse_json(json.out).value().find("link")->items.front().text == "-shared");
  for (const auto& [option, name] : {std::pair{"--compile", "REPRISE_CXXFLAGS = "},
                                     {"--compile-c", "REPRISE_CFLAGS = "},
                                     {"--link", "REPRISE_LDFLAGS = "}}) {
    const Captured part = bench.reprise(std::string("flags ") + option);
    CHECK(part.exit == 0);
    CHECK(text(all.out) == Contains(text(name + part.out)));
  }
  CHECK(bench.shell("CC=no-such-compiler $REPRISE flags --compile").exit == 0);
  CHECK(bench.shell("CC=no-such-compiler $REPRISE flags --compile-c").exit == 2);
  const Captured two = bench.reprise("flags --compile --link");
  CHECK(two.exit == 2);
  CHECK(text(two.err) == Contains("takes one of --compile, --compile-c and --link"));
}

}  // namespace reprise
