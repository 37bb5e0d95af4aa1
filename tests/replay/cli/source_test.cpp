// Files on the command line: compiled, kept, loaded, chosen. All of it by the built program, which
// alone can load them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/captured.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using doctest::Contains;
using tests::Captured;
using tests::TemporaryFolder;
namespace fs = std::filesystem;

const std::string first_machine = "examples/first_machine.cpp";
const std::string pairs = "tests/replay/files/pairs.cpp";

std::string program() {
  const char* const path = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(path != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  return path;
}

// Shared by all test runs of this build: what was compiled once need not be again.
std::string shared_cache() { return fs::path(program()).parent_path() / "tests" / "cache"; }

// `COMMAND ARGUMENTS` without the store watch.
struct Bench {
  TemporaryFolder folder;
  std::string cache = shared_cache();

  Captured run(std::string_view command, const std::string& arguments,
               const std::string& environment = {}) const {
    return tests::capture_command("REPRISE_CACHE='" + cache + "' " + environment + " '" +
                                  program() + "' " + std::string(command) + " " + arguments);
  }
  Captured run_with_traces(std::string_view command, const std::string& arguments,
                           const std::string& environment = {}) const {
    return run(command, "--out " + folder / "traces" + " " + arguments, environment);
  }
};

doctest::String text(const std::string& from) { return {from.c_str()}; }

bool is_compiled(const Captured& captured) {
  return captured.err.find("compiling ") != std::string::npos;
}

// The only library that has been kept.
fs::path library_in(const std::string& cache) {
  fs::path library;
  for (const auto& entry : fs::directory_iterator(cache)) {
    if (entry.path().extension() == ".so") library = entry.path();
  }
  REQUIRE(!library.empty());
  return library;
}

// One sentence on stderr but for the progress, nothing on stdout.
void check_refused(const Captured& captured, int exit, const std::string& sentence) {
  CHECK(captured.exit == exit);
  CHECK(captured.out.empty());
  std::string err = captured.err;
  if (err.starts_with("compiling ")) err.erase(0, err.find('\n') + 1);
  CHECK(err.starts_with("error: "));
  CHECK(err.find('\n') == err.size() - 1);
  CHECK(text(err) == Contains(text(sentence)));
}

// The rest of the line behind `label`.
std::string line_after(const std::string& out, std::string_view label) {
  const std::size_t at = out.find(label);
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + label.size();
  return out.substr(begin, out.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("source file: fuzz compiles it and finds its bug") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces("fuzz", first_machine);
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains("counter/bump"));
  CHECK(text(fuzz.out) == Contains("examples/first_machine.cpp:"));
  CHECK(fuzz.out.find("pager/") == std::string::npos);
}

TEST_CASE("source file: the commands that a finding prints can be typed") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces("fuzz", first_machine + " --strategy uniform");
  const std::string environment = "REPRISE_CACHE='" + bench.cache + "' ";
  for (const char* const label : {"  Replay   ", "  Again    "}) {
    CAPTURE(label);
    const std::string command = line_after(fuzz.out, label);
    CHECK(text(command) == Contains(text(" " + first_machine + " ")));
    const Captured again = tests::capture_command(environment + command + " --hang-timeout 20s");
    CHECK(again.exit == 1);
    CHECK(again.err.find("error:") == std::string::npos);
  }
  const std::string step = line_after(fuzz.out, "  Step     ");
  CHECK(text(step) == Contains(text(" replay " + first_machine + " ")));
  CHECK_FALSE(step.ends_with(" --no-watch"));
}

TEST_CASE("source file: run and sweep and replay and shrink take it") {
  const Bench bench;
  CHECK(bench.run_with_traces("run", first_machine + " --strategy sync").exit == 0);
  CHECK(bench.run_with_traces("run", first_machine + " --strategy lazy").exit == 1);
  CHECK(bench.run_with_traces("sweep", first_machine).exit == 1);
  const std::string traces = bench.folder / "traces";
  const Captured replay = bench.run("replay", first_machine + " " + traces);
  CHECK(replay.exit == 1);
  CHECK(text(replay.out) == Contains("failed again, with the same finding"));
  CHECK(bench.run_with_traces("shrink", first_machine + " " + traces).exit == 1);
}

TEST_CASE("source file: a second time it comes from the cache and nothing is said") {
  Bench bench;
  bench.cache = bench.folder / "cache";
  const std::string files =
      bench.folder.write("a.cpp", "") + " " + bench.folder.write("b.cpp", "#include \"b.h\"\n");
  bench.folder.write("b.h", "");
  const Captured first = bench.run("list", files);
  CHECK(text(first.err) == Contains("a.cpp, "));
  CHECK(is_compiled(first));
  CHECK_FALSE(is_compiled(bench.run("list", files)));

  SUBCASE("but not when a header has changed") {
    bench.folder.write("b.h", "int changed;\n");
    CHECK(is_compiled(bench.run("list", files)));
  }
  SUBCASE("but not with other flags") { CHECK(is_compiled(bench.run("list", files + " -- -g0"))); }
  SUBCASE("but not when the library is damaged") {
    fs::resize_file(library_in(bench.cache), 1000);
    CHECK(bench.run("list", files).err.starts_with("linking "));
    CHECK_FALSE(bench.run("list", files).err.starts_with("linking "));
  }
}

// g++ says of each header with -H where it comes from; "! " stands before one that is precompiled.
TEST_CASE("source file: an edited file is compiled with a precompiled header") {
  Bench bench;
  bench.cache = bench.folder / "cache";
  std::string machine = TemporaryFolder::read(first_machine);
  const std::string file = bench.folder.write("machine.cpp", machine);
  const auto fuzz = [&] { return bench.run_with_traces("fuzz", file + " -- -H", "CXX=g++"); };
  const Captured first = fuzz();
  CHECK(first.exit == 1);
  CHECK(text(first.err) != Contains("! "));

  machine.insert(machine.find("using namespace"), "#include \"step.h\"\n");
  machine.replace(machine.find("value += 1;"), 11, "value += step;");
  bench.folder.write("machine.cpp", machine);
  bench.folder.write("step.h", "constexpr int step = 1;\n");
  const Captured edited = fuzz();
  CHECK(edited.exit == 1);
  CHECK(text(edited.err) == Contains("! "));
  CHECK(text(edited.out) == Contains("value += step;"));
  CHECK_FALSE(is_compiled(fuzz()));

  bench.folder.write("step.h", "constexpr int step = 0;\n");
  CHECK(is_compiled(fuzz()));

  SUBCASE("but not if something stands before the header") {
    bench.folder.write("machine.cpp", "#include <vector>\n" + machine);
    CHECK(text(fuzz().err) != Contains("! "));
  }
}

TEST_CASE("source file: all folders share one precompiled header unless flags are given") {
  Bench bench;
  bench.cache = bench.folder / "cache";
  const std::string file = fs::absolute(first_machine);
  const auto list_in = [&](const std::string& folder, const std::string& flags) {
    fs::create_directories(bench.folder / folder);
    const Captured listed = tests::capture_command(
        "cd '" + bench.folder / folder + "' && CPATH= CPLUS_INCLUDE_PATH= CXX=g++ REPRISE_CACHE='" +
        bench.cache + "' '" + program() + "' list '" + file + "' " + flags);
    CHECK(listed.exit == 0);
  };
  const auto precompiled = [&] {
    const auto is_header = [](const fs::directory_entry& entry) {
      return entry.path().extension() == ".gch";
    };
    return std::count_if(fs::directory_iterator(bench.cache), fs::directory_iterator(), is_header);
  };
  list_in("a", "");
  list_in("b", "");
  CHECK(precompiled() == 1);
  // A relative -I means another folder there.
  list_in("a", "-- -Iinclude");
  list_in("b", "-- -Iinclude");
  CHECK(precompiled() == 3);
}

TEST_CASE("source file: a library is loaded as it is") {
  Bench bench;
  bench.cache = bench.folder / "cache";
  const Captured compiled = bench.run("list", pairs);
  const std::string library = bench.folder / "pairs.so";
  fs::copy_file(library_in(bench.cache), library);
  const Captured loaded = bench.run("list", library);
  CHECK(loaded.err.empty());
  CHECK(loaded.exit == 0);
  CHECK(loaded.out == compiled.out);
  const Captured here = tests::capture_command("cd '" + bench.folder.path() + "' && '" + program() +
                                               "' list pairs.so");
  CHECK(here.out == compiled.out);
}

TEST_CASE("source file: quiet compiles without a word") {
  Bench bench;
  bench.cache = bench.folder / "cache";
  const std::string path = bench.folder.write("none.cpp", "");
  CHECK(is_compiled(bench.run("list", path)));
  bench.folder.write("none.cpp", "\n");
  CHECK_FALSE(is_compiled(bench.run("list", path + " -q")));
}

TEST_CASE("source file: its broken canaries are for selftest and list and for their names") {
  const Bench bench;
  const Captured list = bench.run("list", pairs);
  CHECK(text(list.out) == Contains("file/pair/broken"));
  CHECK(text(list.out) == Contains("3 scenarios, 2 of them in canary pairs"));
  const Captured fuzz = bench.run_with_traces("fuzz", pairs + " --seeds 20");
  CHECK(fuzz.exit == 0);
  CHECK(text(fuzz.out) == Contains("file/clean"));
  CHECK(text(fuzz.out) == Contains("file/pair/mended"));
  CHECK(fuzz.out.find("file/pair/broken") == std::string::npos);
  CHECK(bench.run_with_traces("fuzz", pairs + " file/pair/broken --seeds 20").exit == 1);
  const Captured selftest = bench.run("selftest", pairs + " --seeds 20");
  CHECK(selftest.exit == 0);
  CHECK(selftest.out.ends_with("1 passed, 0 failed\n"));
}

TEST_CASE("source file: patterns choose among all scenarios") {
  const Bench bench;
  const Captured list = bench.run("list", pairs + " 'file/*' pager/clients");
  CHECK(list.exit == 0);
  CHECK(text(list.out) == Contains("file/clean"));
  CHECK(text(list.out) == Contains("pager/clients"));
  check_refused(bench.run("fuzz", pairs + " file/claen"), 2, "did you mean \"file/clean\"? `");
}

TEST_CASE("source file: several files and C and compiler flags make one library") {
  const Bench bench;
  const std::string files = "tests/replay/files/mixed.cpp tests/replay/files/step.c";
  const Captured run = bench.run_with_traces("run", files + " -- -DSTEPS=3 -lm");
  CHECK(run.exit == 0);
  CHECK(text(run.out) == Contains("file/mixed"));
  CHECK(run.err.find("warning") == std::string::npos);
  check_refused(bench.run("list", "tests/replay/files/mixed.cpp -- -DSTEPS=3"), 2,
                "mixed.cpp cannot be loaded: there is no step_count; name the file that has it");
}

TEST_CASE("source file: a compile error is what the compiler said and exit status 2") {
  const Bench bench;
  const std::string path = bench.folder.write("bad.cpp", "int x = \"text\";\n");
  const Captured captured = bench.run("fuzz", path);
  const Captured compiler =
      tests::capture_command("${CXX:-g++} -std=c++20 -g -O1 -fPIC -c " + path + " -o /dev/null");
  CHECK(captured.exit == 2);
  CHECK(captured.out.empty());
  CHECK(captured.err == "compiling " + path + "\n" + compiler.err);
  CHECK(text(compiler.err) == Contains("bad.cpp:1:"));
}

TEST_CASE("source file: what cannot be compiled is one sentence and exit status 2") {
  const Bench bench;
  check_refused(bench.run("fuzz", "none.cpp"), 2, "none.cpp: there is no such file");
  check_refused(bench.run("fuzz", "none.so"), 2, "none.so: there is no such file");
  fs::create_directory(bench.folder / "folder.cpp");
  check_refused(bench.run("fuzz", bench.folder / "folder.cpp"), 2, "this is a folder");
  check_refused(bench.run("fuzz", "/dev/null/x.cpp"), 2, "x.cpp: ");
  check_refused(bench.run("fuzz", "README.md"), 2, "this is no file that can be compiled");
  check_refused(bench.run("fuzz", "'pager/*' -- -O2"), 2, "there is no file to compile");
  check_refused(bench.run("replay", first_machine), 2, "needs a trace beside examples/first");
  const std::string garbage = bench.folder.write("garbage.so", "garbage");
  check_refused(bench.run("fuzz", garbage), 2, "garbage.so cannot be loaded: ");
}

TEST_CASE("source file: without a scenario nothing ran") {
  const Bench bench;
  check_refused(bench.run("fuzz", bench.folder.write("empty.cpp", "")), 5,
                "empty.cpp: there is no scenario in it: write SCENARIO(");
  check_refused(bench.run("selftest", first_machine), 5, "there is no canary pair in it");
}

TEST_CASE("source file: a missing compiler is one sentence and exit status 2") {
  const Bench bench;
  check_refused(bench.run("fuzz", first_machine, "CXX=no-such-compiler"), 2,
                "there is no compiler \"no-such-compiler\", which $CXX names");
  check_refused(bench.run("fuzz", first_machine, "CXX=/bin/false"), 2, "is no compiler");
  check_refused(bench.run("fuzz", first_machine, "CXX= PATH=/nowhere"), 2,
                "there is no C++ compiler: none of g++, clang++, c++ is on PATH");
}

TEST_CASE("source file: headers that are not beside the program are one sentence") {
  const Bench bench;
  const std::string moved = bench.folder / "moved";
  fs::copy_file(program(), moved);
  const Captured captured = tests::capture_command(moved + " fuzz " + first_machine);
  check_refused(captured, 2, "there is no reprise/reprise.h in " + bench.folder / "include or ");
}

TEST_CASE("source file: a cache that cannot be written to is one sentence") {
  Bench bench;
  bench.cache = "/proc/none";
  check_refused(bench.run("list", pairs), 2, "/proc/none: the folder that $REPRISE_CACHE names");
}

TEST_CASE("source file: a constructor that ends the process is one sentence") {
  const Bench bench;
  const auto check = [&](const std::string& statement, const std::string& words) {
    CAPTURE(statement);
    const std::string path =
        bench.folder.write("bad.cpp", "#include <stdlib.h>\nstatic struct Bad { Bad() { " +
                                          statement + "; } } bad;\n");
    check_refused(bench.run("run", path + " --hang-timeout 300ms"), 2,
                  "bad.cpp cannot be loaded: before its first scenario, in the constructor of a "
                  "global object, the process " +
                      words);
  };
  check("abort()", "aborted");
  check("exit(0)", "called exit(0)");
  check("static int* volatile none = nullptr; *none = 1", "was ended by a bad access: SIGSEGV");
  check("for (volatile int i = 0;;) i = 1", "used the processor for 300 ms");
}

TEST_CASE("source file: two scenarios of one name are one sentence") {
  const Bench bench;
  fs::copy_file(pairs, bench.folder / "copy.cpp");
  check_refused(bench.run("fuzz", pairs + " " + bench.folder / "copy.cpp"), 2,
                "another scenario is called \"file/");
}

TEST_CASE("source file: a library for another version asks to be built again") {
  const Bench bench;
  const std::string source = bench.folder.write(
      "old.cpp", "namespace reprise { void gone(); }\nstruct A { A() { reprise::gone(); } } a;\n");
  const std::string library = bench.folder / "old.so";
  const std::string compile = "${CXX:-g++} -shared -fPIC " + source + " -o " + library;
  REQUIRE(tests::capture_command(compile).exit == 0);
  check_refused(bench.run("list", library), 2,
                "there is no reprise::gone(); it was built for another version of Reprise: build "
                "it again");
}

TEST_CASE("source file: an interrupt ends the compiler and is exit status 4") {
  const Bench bench;
  const std::string pid = bench.folder / "pid";
  const std::string compiler = bench.folder.write(
      "compiler",
      "#!/bin/sh\n[ \"$1\" != --version ] || exec echo fake\necho $$ >" + pid + "\nsleep 60\n");
  fs::permissions(compiler, fs::perms::owner_all);
  const Captured captured = tests::capture_command(
      "REPRISE_CACHE='" + bench.cache + "' CXX=" + compiler + " '" + program() + "' fuzz " + pairs +
      " & while [ ! -s " + pid + " ]; do sleep 0.05; done; kill -INT $!; wait $!");
  check_refused(captured, 4, "interrupted while compiling " + pairs);
  CHECK(tests::capture_command("kill -0 " + TemporaryFolder::read(pid)).exit != 0);
}

TEST_CASE("source file: a trace of a scenario in a file says what to type") {
  const Bench bench;
  bench.run_with_traces("fuzz", first_machine);
  check_refused(bench.run("replay", bench.folder / "traces"), 2,
                "if a file of yours has it, `" + program() + " replay FILE.cpp TRACE`");
}

}  // namespace reprise
