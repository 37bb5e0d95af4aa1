
#include <reprise/replay/cli/new/templates.h>

#include <array>

namespace reprise {

namespace {

constexpr std::string_view machine =
    R"(// @Type@: counts, in memory, how often a file was read. Production code: it knows reprise::core
// alone, and nothing of tests.
#pragma once

#include <reprise/core/core.h>

#include <utility>

class @Type@ {
 public:
  explicit @Type@(reprise::File& file) : file_(file) {}

  // Reads the file, counts that, and gives the count.
  reprise::IOResult<int> bump() {
    count_ += 1;           // the planted bug: changed first ...
    RETURN_IF_IO(load());  // ... and if this yields, bump() is entered again from the top
    return count_;
  }

  // Tests compare this before and after each operation. The count goes on, and is left out.
  void describe(reprise::Archive& archive) const {
    archive("read is pending", static_cast<bool>(pending_));
  }

 private:
  // Submits a read, and yields until it is done.
  reprise::IOResult<reprise::Unit> load() {
    if (!pending_) pending_ = file_.pread(0, reprise::Buffer::allocate(512));
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const reprise::Completion read = std::exchange(pending_, {});
    if (!read.succeeded()) return read.get_error();
    return reprise::Unit{};
  }

  reprise::File& file_;
  int count_ = 0;
  reprise::Completion pending_;
};
)";

constexpr std::string_view scenario =
    R"(// What @Type@ is tested with: a workload, and what must hold.
#include "@NAME@.h"

#include <reprise/reprise.h>

SCENARIO("@NAME@/bump") {  // `sim` is this run's world
  @Type@ machine(sim.open("data"));
  sim.idle("machine", machine);  // as it was before, whenever no operation is under way
  sim.task("client", [&] {
    for (int i = 1; i <= 3; ++i) {
      sim.expect_eq(sim.await([&] { return machine.bump(); }), i);
    }
  });
  sim.run();
}
)";

// Up to where a plain folder and a project differ.
constexpr std::string_view readme = R"(# @NAME@

A machine, and a scenario that tests it:

- `@NAME@.h`: the machine. A bug is planted in it, to be found.
- `@NAME@.cpp`: the scenario, a workload and what must hold.

## Find the bug

In this folder, type

    reprise fuzz @NAME@.cpp

It ends with exit status 1 and a finding: what went wrong, where, in which steps, and what to type
next. The run is kept in `traces/`, and can be run again as often as you like:

    reprise replay @NAME@.cpp traces

## Mend it

`bump()` changes `count_`, and then it yields. It is entered again from the top, and counts once
more. So the line `count_ += 1;` in `@NAME@.h` belongs behind `RETURN_IF_IO(load());`. Move it, and

    reprise replay @NAME@.cpp traces
    reprise fuzz @NAME@.cpp

both end with exit status 0.
)";

constexpr std::string_view readme_end = R"(
## Go on

- Put a machine of your own in the place of this one: everything that returns an `IOResult`.
- Say what it survives: with `sim.survives({.errors = true, .short_io = true});` before `sim.run()`
  reads and writes fail too, or move fewer bytes than asked. Expect then what is right then.
- `sim.write_file("data", "...")` gives a file its contents before the run, `sim.read_file("data")`
  shows what is on the disk after it.
- `reprise fuzz --help` shows the options, `reprise explain` what is checked.
)";

constexpr std::string_view project_readme_end = R"(
## Build and test

    cmake -S . -B build            # -DCMAKE_PREFIX_PATH=DIR if Reprise is installed in DIR
    cmake --build build
    ctest --test-dir build --output-on-failure

This builds `build/harness`, a program with these scenarios and the whole command line, and runs two
tests: `fuzz` looks for new bugs, `replay` runs the traces in `traces/` again. Until the planted bug
is mended, both fail. Check in what is in `traces/`: then no bug comes back unseen.

`.github/workflows/reprise.yml` does the same on each push, and fuzzes a minute longer, each commit
with a seed of its own. Tell it where Reprise comes from: the line with `REPRISE:`.

## Go on

- Put a machine of your own in the place of this one: everything that returns an `IOResult`. More
  files go to `add_executable(harness ...)` in `CMakeLists.txt`.
- Say what it survives: with `sim.survives({.errors = true, .short_io = true});` before `sim.run()`
  reads and writes fail too, or move fewer bytes than asked. Expect then what is right then.
- `sim.write_file("data", "...")` gives a file its contents before the run, `sim.read_file("data")`
  shows what is on the disk after it.
- `build/harness fuzz --help` shows the options, `build/harness explain` what is checked.
)";

constexpr std::string_view cmake_lists = R"(cmake_minimum_required(VERSION 3.24)
project(@NAME@ LANGUAGES CXX)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_package(reprise 0.1 CONFIG REQUIRED)

# The scenarios, with the whole command line, compiled with the store watch. Production code links
# reprise::core alone.
add_executable(harness @NAME@.cpp)
target_link_libraries(harness PRIVATE reprise::main reprise::watch)

enable_testing()
add_test(NAME fuzz
  COMMAND harness fuzz "*" --seed 1 --seeds 2000 --out "${CMAKE_CURRENT_BINARY_DIR}/traces"
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")

# Bugs that were found once.
file(GLOB traces CONFIGURE_DEPENDS traces/*.json)
if(traces)
  add_test(NAME replay COMMAND harness replay traces
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}")
endif()
)";

constexpr std::string_view workflow =
    R"(# Tests, then a minute of fuzzing with the commit's own seed. Traces of what it finds are kept.
name: reprise
on: [push, pull_request]

env:
  REPRISE: https://example.com/reprise.git  # where Reprise comes from

jobs:
  fuzz:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - name: Install Reprise
        run: |
          sudo apt-get update
          sudo apt-get install -y --no-install-recommends cmake g++ ninja-build \
            libboost-context-dev libcli11-dev libfmt-dev libxxhash-dev nlohmann-json3-dev
          git clone --depth 1 "$REPRISE" "$RUNNER_TEMP/reprise"
          cmake -S "$RUNNER_TEMP/reprise" -B "$RUNNER_TEMP/build" -G Ninja -DREPRISE_TESTS=OFF
          cmake --build "$RUNNER_TEMP/build"
          sudo cmake --install "$RUNNER_TEMP/build"
      - name: Build
        run: cmake -S . -B build && cmake --build build
      - name: Test
        run: ctest --test-dir build --output-on-failure
      - name: Fuzz
        run: build/harness fuzz '*' --seed "$GITHUB_SHA" --for 60s
      - name: Keep the traces
        if: failure()
        uses: actions/upload-artifact@v4
        with:
          name: traces
          path: |
            traces
            build/traces
)";

constexpr std::string_view git_ignore = "/build/\n";

constexpr TemplateFile machine_file = {"@NAME@.h", "the machine, with a bug planted in it",
                                       machine};
constexpr TemplateFile scenario_file = {"@NAME@.cpp", "the scenario", scenario};
constexpr std::string_view readme_about = "what to type, and how to mend the bug";

constexpr std::array folder_files = {
    machine_file,
    scenario_file,
    TemplateFile{"README.md", readme_about, readme, readme_end},
};

constexpr std::array project_files = {
    machine_file,
    scenario_file,
    TemplateFile{"CMakeLists.txt", "a harness program, and its tests", cmake_lists},
    TemplateFile{".github/workflows/reprise.yml", "the same on each push", workflow},
    TemplateFile{".gitignore", "build products", git_ignore},
    TemplateFile{"README.md", readme_about, readme, project_readme_end},
};

}  // namespace

std::span<const TemplateFile> folder_templates() { return folder_files; }
std::span<const TemplateFile> project_templates() { return project_files; }

}  // namespace reprise
