// The store watch from the command line: a file with nothing annotated, to the text of its finding.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/captured.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

constexpr const char* first_machine = "examples/first_machine.cpp";

struct Watched {
  tests::TemporaryFolder folder;

  tests::Captured fuzz(const std::string& arguments, const std::string& compiler = "g++") const {
    const char* const program = std::getenv("REPRISE_PROGRAM");
    REQUIRE(program != nullptr);
    const std::filesystem::path cache =
        std::filesystem::path(program).parent_path() / "tests" / "cache";
    return tests::capture_command("REPRISE_CACHE='" + cache.string() + "' CXX=" + compiler + " '" +
                                  program + "' fuzz --seed 1 --out " + folder / "traces" + " " +
                                  arguments);
  }
};

// From the sentence to the way to mend it: what depends on neither machine nor seed.
std::string finding_in(const std::string& text) {
  const std::size_t begin = text.find("error[");
  const std::size_t help = text.find("\n  help: ", begin);
  if (begin == std::string::npos || help == std::string::npos) return text;
  return text.substr(begin, text.find("\n\n", help + 1) - begin);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("store watch: the first machine is explained as the readme has it by both compilers" *
          doctest::skip(tests::is_sanitized)) {
  const Watched watched;
  const std::string readme = tests::TemporaryFolder::read("README.md");
  for (const char* const compiler : {"g++", "clang++"}) {
    const tests::Captured fuzz = watched.fuzz(first_machine, compiler);
    CHECK(fuzz.exit == 1);
    const std::string finding = finding_in(fuzz.out);
    CHECK(contains(finding, "`counter.value` was changed twice"));
    CHECK_MESSAGE(contains(readme, finding), finding);
  }
}

TEST_CASE("store watch: what is named as benign does not count" *
          doctest::skip(tests::is_sanitized)) {
  const Watched watched;
  for (const char* const name : {"counter.value", "'Counter::*'"}) {
    const tests::Captured fuzz = watched.fuzz(std::string(first_machine) + " --benign " + name);
    CHECK(fuzz.exit == 1);
    CHECK(contains(fuzz.out, "error[invariant]: expected: 2 to be 1"));
    CHECK(contains(fuzz.out, std::string(" --benign ") + name));
  }
  CHECK(contains(watched.fuzz(std::string(first_machine) + " --benign other").out,
                 "error[double-mutation]"));
  const tests::Captured empty = watched.fuzz(std::string(first_machine) + " --benign ''");
  CHECK(empty.exit == 2);
  CHECK(contains(empty.err, "--benign takes the name of a variable or a function"));
}

TEST_CASE("store watch: without it the first machine shows only what the scenario expects") {
  const Watched watched;
  const tests::Captured fuzz = watched.fuzz(std::string(first_machine) + " --no-watch");
  CHECK(fuzz.exit == 1);
  CHECK(contains(fuzz.out, "error[invariant]: expected: 2 to be 1"));
}

TEST_CASE("store watch: memory that is used after it was freed is shown at both places" *
          doctest::skip(tests::is_sanitized)) {
  const Watched watched;
  for (const char* const compiler : {"g++", "clang++"}) {
    const tests::Captured fuzz = watched.fuzz("tests/cases/freed-by-callback.cpp", compiler);
    CHECK(fuzz.exit == 1);
    const std::string finding = finding_in(fuzz.out);
    CHECK(contains(finding,
                   "error[heap-lifetime]: `adapter.context.write` was used after it had been "
                   "freed"));
    for (const char* const part : {"freed here", "used here", "in entry 1 of its operation"}) {
      CHECK_MESSAGE(contains(finding, part), finding);
    }
  }
}

TEST_CASE("store watch: members of a C struct that one file alone knows have names and values" *
          doctest::skip(tests::is_sanitized)) {
  const Watched watched;
  const std::string files = "tests/replay/files/queue.cpp tests/replay/files/queue.c -q ";
  struct Member {
    const char* name;
    const char* values;
  };
  const Member members[] = {{"head.count", "0 -> 1 (entry 1), 1 -> 2 (entry 2)"},
                            {"head.level", "0 -> 1 (entry 1), 1 -> 2 (entry 2)"},
                            {"parts[3].size", "0 -> -5 (entry 1), -5 -> -10 (entry 2)"},
                            {"state", "idle -> busy (entry 1), busy -> closing (entry 2)"},
                            {"speed", "0 -> 0.5 (entry 1), 0.5 -> 1 (entry 2)"},
                            {"next", "null -> a pointer (entry 1)"}};
  for (const char* const compiler : {"g++", "clang++"}) {
    CAPTURE(compiler);
    const std::string c_compiler = std::string(compiler) == "g++" ? "gcc" : "clang";
    const auto finding = [&](const std::string& scenario, int which) {
      const tests::Captured fuzz =
          watched.fuzz(files + scenario + " --set which=" + std::to_string(which),
                       compiler + (" CC=" + c_compiler));
      CHECK(fuzz.exit == 1);
      return tests::in_one_line(finding_in(fuzz.out));
    };
    for (int which = 0; const Member& member : members) {
      CAPTURE(member.name);
      const std::string typed = finding("queue/typed", which);
      CHECK_MESSAGE(contains(typed, std::string("`machine.its.") + member.name + "` was changed"),
                    typed);
      CHECK_MESSAGE(contains(typed, member.values), typed);
      ++which;
    }
    CHECK(contains(finding("queue/typed", 6), "`only.parts[2].tag` was changed twice"));
    // Nothing but a `void *` leads there.
    CHECK(contains(finding("queue/handle", 0), "`queue.head.count` was changed twice"));
    CHECK(contains(finding("queue/handle", 2), "`queue.parts[3].size` was changed twice"));
  }
}

TEST_CASE("store watch: with --asan the sanitizer's report is read instead") {
  const Watched watched;
  const tests::Captured fuzz = watched.fuzz("tests/cases/freed-by-callback.cpp --asan");
  CHECK(fuzz.exit == 1);
  CHECK(contains(tests::in_one_line(fuzz.out),
                 "AddressSanitizer: heap-use-after-free: READ of size 8 at "));
  CHECK(contains(fuzz.out, "freed-by-callback.cpp:30 in Adapter::cleanup()"));
  CHECK(contains(fuzz.out, "--> tests/cases/freed-by-callback.cpp:39:61 in Adapter::handle_write"));
  CHECK(contains(fuzz.out, " --asan\n"));
  const tests::Captured none = watched.fuzz("reentry/flag --asan");
  CHECK(none.exit == 2);
  CHECK(contains(none.err, "--asan is for a file that is compiled"));
}

}  // namespace reprise
