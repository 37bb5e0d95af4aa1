// `reprise --version`: all that a bug report needs, a line each.
#include <doctest/doctest.h>
#include <reprise/replay/trace/build_info.h>

#include <string>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"

namespace reprise {
namespace {

TEST_CASE("version: each part has a line of its own") {
  const tests::Captured version = tests::run_reprise({"--version"});
  CHECK(version.exit == 0);
  CHECK(version.err.empty());
  const BuildInfo& build = build_info();
  const bool has_changes = build.commit.ends_with('+');
  const std::string commit(build.commit.substr(0, build.commit.find('+')));
  CHECK(version.out ==
        "reprise " + std::string(build.version) + "\ncommit:     " + commit +
            (has_changes ? ", with changes" : "") + "\ncompiler:   " + std::string(build.compiler) +
            "\nbuild type: " + std::string(build.type) +
            "\nsanitizers: " + (build.sanitizers.empty() ? "none" : std::string(build.sanitizers)) +
            "\ntraces:     reprise-trace/1\nreports:    reprise-report/1\n");
}

}  // namespace
}  // namespace reprise
