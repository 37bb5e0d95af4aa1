// What every command says, writes and returns. Most run in a process of their own with scenarios of
// this file; the last ones run the built program.
#include <doctest/doctest.h>
#include <reprise/replay/cli/cli.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/trace/file.h>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
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
using tests::Registered;
using tests::TemporaryFolder;
using tests::text;

// Scenarios, and a folder for traces.
struct Bench {
  Registered clean{"toys/clean", tests::clean_toy};
  Registered option{"toys/option", tests::toy_with_option};
  Registered broken{"toys/counter/broken", tests::double_mutation_toy, "double-mutation", true};
  Registered mended{"toys/counter/mended", tests::clean_toy, {}, true};
  Registered invariant{"wrong/invariant", tests::invariant_toy};
  Registered crash{"wrong/crash", tests::segv_toy};
  Registered random{"wrong/random", tests::random_toy};
  TemporaryFolder folder;

  std::string traces() const { return folder / "traces"; }

  Captured run(std::vector<std::string> arguments) const { return tests::run_reprise(arguments); }
  Captured run_with_traces(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--out", traces()});
    return run(std::move(arguments));
  }
  /// The only trace written.
  std::string trace() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(traces())) {
      files.push_back(entry.path().string());
    }
    REQUIRE(files.size() == 1);
    return files.front();
  }
};

// One sentence on stderr, nothing on stdout.
void check_refused(const Captured& captured, int exit, const char* sentence) {
  CHECK(captured.exit == exit);
  CHECK(captured.out.empty());
  CHECK(text(captured.err) == Contains(sentence));
  CHECK(captured.err.starts_with("error: "));
  CHECK(captured.err.find('\n') == captured.err.size() - 1);
}

bool is_json(const std::string& out) { return parse_json(out).ok(); }

}  // namespace

TEST_CASE("command line: help and version go to stdout") {
  const Bench bench;
  const Captured help = bench.run({"--help"});
  CHECK(help.exit == 0);
  CHECK(help.err.empty());
  CHECK(text(help.out) == Contains("Exit status:"));
  CHECK(text(help.out) == Contains("Examples:"));
  for (const Command* const command : commands()) {
    CAPTURE(command->name);
    const Captured captured = bench.run({std::string(command->name), "--help"});
    CHECK(captured.exit == 0);
    CHECK(captured.err.empty());
    CHECK(text(captured.out) == Contains("Exit status:"));
    CHECK((captured.out.find("\n  --json ") != std::string::npos) == !command->json_schema.empty());
  }
  const Captured version = bench.run({"--version"});
  CHECK(version.exit == 0);
  CHECK(version.out.starts_with("reprise "));
}

TEST_CASE("command line: bad usage is one sentence and exit status 2") {
  const Bench bench;
  check_refused(bench.run({"fuz"}), 2, "did you mean \"fuzz\"?");
  check_refused(bench.run({"--verison"}), 2, "did you mean \"--version\"?");
  check_refused(bench.run({"replay"}), 2, "needs a FILE");
  check_refused(bench.run({"fuzz", "toys/clean", "--sed", "1"}), 2, "did you mean \"--seed\"?");
  check_refused(bench.run({"fuzz", "toys/clean", "--seed"}), 2, "--seed needs a value");
  check_refused(bench.run({"fuzz", "toys/clean", "--seed", "1", "--seed", "2"}), 2,
                "--seed can be given only once");
  check_refused(bench.run({"fuzz", "toys/clean", "--seed", "x"}), 2, "--seed takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--seed", ""}), 2, "--seed takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--seed="}), 2, "--seed");
  check_refused(bench.run({"fuzz", "toys/clean", "--for", ""}), 2, "--for takes");
  check_refused(bench.run({"fuzz", "toys/clean", "-q", "-v"}), 2, "exclude each other");
  check_refused(bench.run({"replay", "x.json", "--strict", "--lenient"}), 2, "exclude each other");
  check_refused(bench.run({"fuzz", "toys/clean", "--seeds", "0"}), 2, "--seeds takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--seeds", "many"}), 2, "--seeds takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--for", "30"}), 2, "--for takes a time");
  check_refused(bench.run({"fuzz", "toys/clean", "--for", "0s"}), 2, "--for takes a time");
  check_refused(bench.run({"fuzz", "toys/clean", "-j", "0"}), 2, "-j takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--profile", "caos"}), 2,
                "did you mean \"chaos\"?");
  check_refused(bench.run({"fuzz", "toys/clean", "--profile", "none.json"}), 2, "none.json");
  check_refused(bench.run({"fuzz", "toys/clean", "--strategy", "lasy"}), 2,
                "did you mean \"lazy\"?");
  check_refused(bench.run({"fuzz", "toys/clean", "--check", "invariants"}), 2,
                "did you mean \"invariant\"?");
  check_refused(bench.run({"fuzz", "toys/clean", "--no-check", "x"}), 2, "there is no check");
  check_refused(bench.run({"fuzz", "toys/clean", "--set", "rounds"}), 2, "--set takes name=value");
  check_refused(bench.run({"fuzz", "toys/clean", "--set", "rounds=many"}), 2, "--set takes");
  check_refused(bench.run({"fuzz", "toys/option", "--set", "round=1"}), 2,
                "did you mean \"rounds\"?");
  check_refused(bench.run({"fuzz", "toys/clean", "--hang-timeout", "x"}), 2, "--hang-timeout");
  check_refused(bench.run({"fuzz", "toys/clean", "--color", "blue"}), 2, "--color takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--out", ""}), 2, "--out takes");
  check_refused(bench.run({"fuzz", "toys/clean", "--out", "/proc/none"}), 2, "/proc/none");
  check_refused(bench.run({"explain", "double-mutatoin"}), 2, "did you mean \"double-mutation\"?");
}

TEST_CASE("command line: a harness that is told no scenario takes all but broken canaries") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces({"fuzz", "--seeds", "5"});
  CHECK(fuzz.exit == 3);  // wrong/random
  CHECK(text(fuzz.out) == Contains("toys/clean"));
  CHECK(text(fuzz.out) == Contains("wrong/crash"));
  CHECK(fuzz.out.find("toys/counter/broken") == std::string::npos);
}

TEST_CASE("command line: a finding is printed once") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces({"fuzz", "wrong/invariant"});
  const std::size_t first = fuzz.out.find("error[invariant]: ");
  REQUIRE(first != std::string::npos);
  CHECK(fuzz.out.find("error[invariant]: ", first + 1) == std::string::npos);
  CHECK(fuzz.out.ends_with(" 1 failed\n"));
}

TEST_CASE("command line: an unknown scenario is 2 and an empty pattern is 5") {
  const Bench bench;
  for (const char* const command : {"run", "fuzz", "sweep", "list"}) {
    CAPTURE(command);
    check_refused(bench.run({command, "toys/claen"}), 2,
                  "did you mean \"toys/clean\"? `reprise list` shows all");
    check_refused(bench.run({command, "toy/*"}), 5, "no scenario matches");
  }
  check_refused(bench.run({"selftest", "toys/countre"}), 2, "did you mean \"toys/counter\"?");
  check_refused(bench.run({"selftest", "none/*"}), 5, "none/*");
}

TEST_CASE("command line: a clean fuzz is 0 and leaves nothing behind") {
  const Bench bench;
  const Captured captured =
      bench.run_with_traces({"fuzz", "toys/clean", "--seed", "7", "--seeds", "50"});
  CHECK(captured.exit == 0);
  CHECK(text(captured.out) == Contains("seed 0x7"));
  CHECK(captured.out.ends_with(" passed, 0 failed\n"));
  CHECK(bench.folder.files().empty());
}

TEST_CASE("command line: fewer runs than --seeds asks for are incomplete") {
  const Bench bench;
  const Captured fuzz =
      bench.run_with_traces({"fuzz", "toys/clean", "--seeds", "1000000000", "--for", "200ms"});
  CHECK(fuzz.exit == 4);
  CHECK(text(fuzz.out) == Contains("fewer than 1000000000 random runs: the time is over"));
  CHECK(bench.run_with_traces({"fuzz", "toys/clean", "--for", "200ms"}).exit == 0);
}

TEST_CASE("command line: patterns leave broken canaries out and full names do not") {
  const Bench bench;
  const Captured all = bench.run_with_traces({"fuzz", "toys/*", "--seeds", "20"});
  CHECK(all.exit == 0);
  CHECK(all.out.find("toys/counter/broken") == std::string::npos);
  CHECK(text(all.out) == Contains("toys/counter/mended"));
  CHECK(bench.run_with_traces({"fuzz", "toys/counter/broken", "--seeds", "20"}).exit == 1);
}

TEST_CASE("command line: a finding is 1 and its trace replays and shows and shrinks") {
  const Bench bench;
  const Captured fuzz =
      bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains("error[invariant]"));
  CHECK(text(fuzz.out) == Contains("reprise replay "));
  const std::string trace = bench.trace();
  const std::string before = TemporaryFolder::read(trace);

  const Captured replay = bench.run({"replay", trace});
  CHECK(replay.exit == 1);
  CHECK(text(replay.out) == Contains("failed again, with the same finding"));
  CHECK(bench.run({"replay", "--strict", trace}).exit == 1);
  CHECK(bench.run({"replay", bench.traces()}).exit == 1);

  const Captured show = bench.run({"show", trace});
  CHECK(show.exit == 0);
  CHECK(text(show.out) == Contains("wrong/invariant"));
  CHECK(text(show.out) == Contains("finding[invariant]"));
  CHECK(bench.run({"show", "--json", trace}).out == before);

  const Captured shrink = bench.run({"shrink", trace, "--out", bench.folder / "shrunk"});
  CHECK(shrink.exit == 1);
  CHECK(text(shrink.out) == Contains("already as small as can be"));
  CHECK(TemporaryFolder::read(trace) == before);
}

TEST_CASE("command line: a run from a seed is the same run each time") {
  const Bench bench;
  const std::vector<std::string> arguments = {"run", "wrong/invariant", "--seed", "0x5", "--json"};
  const Captured first = bench.run_with_traces(arguments);
  const Captured second = bench.run_with_traces(arguments);
  CHECK(first.exit == second.exit);
  const auto stable = [](const std::string& out) { return out.substr(0, out.find("\"machine\"")); };
  CHECK(stable(first.out) == stable(second.out));
  CHECK(bench.run_with_traces({"run", "toys/clean"}).exit == 0);
  CHECK(bench.run_with_traces({"run", "toys/counter/broken", "--strategy", "sync"}).exit == 0);
  CHECK(bench.run_with_traces({"run", "toys/counter/broken", "--strategy", "lazy"}).exit == 1);
}

TEST_CASE("command line: a sweep finds what one difference shows") {
  const Bench bench;
  CHECK(bench.run_with_traces({"sweep", "toys/clean"}).exit == 0);
  const Captured wrong = bench.run_with_traces({"sweep", "wrong/invariant"});
  CHECK(wrong.exit == 1);
  CHECK(text(wrong.out) == Contains("error[invariant]"));
}

TEST_CASE("command line: a crash is a finding and the campaign goes on") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces(
      {"fuzz", "wrong/crash", "toys/clean", "--seed", "1", "--seeds", "300", "-j", "2"});
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains("error[crash]"));
  CHECK(text(fuzz.out) == Contains("toys/clean"));
  const Captured replay = bench.run({"replay", bench.trace()});
  CHECK(replay.exit == 1);
  CHECK(text(replay.out) == Contains("failed again, with the same finding"));
}

TEST_CASE("command line: what is not deterministic is 3") {
  const Bench bench;
  const Captured fuzz = bench.run_with_traces({"fuzz", "wrong/random", "--seeds", "200"});
  CHECK(fuzz.exit == 3);
  CHECK(text(fuzz.out) == Contains("error[determinism]"));
}

TEST_CASE("command line: replay without the bug no longer fails and strict is 3") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  Trace trace = read_trace(bench.trace()).value();
  trace.scenario = "toys/clean";
  trace.plan.decisions.push_back({"nobody/read(x)#1/error", 1});
  const std::string mended = bench.folder.write("mended.json", to_json(trace));
  const Captured lenient = bench.run({"replay", mended});
  CHECK(lenient.exit == 0);
  CHECK(text(lenient.out) == Contains("no longer fails"));
  CHECK(text(lenient.out) == Contains("nobody/read(x)#1/error"));
  const Captured strict = bench.run({"replay", mended, "--strict"});
  CHECK(strict.exit == 3);
  CHECK(text(strict.out) == Contains("decision nobody/read(x)#1/error was never reached"));
  CHECK(text(strict.out) == Contains("now: no finding"));
}

TEST_CASE("command line: a strict replay of a full trace names the first differing event") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300", "--full"});
  Trace trace = read_trace(bench.trace()).value();
  REQUIRE(trace.events.size() >= 2);
  CHECK(bench.run({"replay", "--strict", bench.trace()}).exit == 1);
  trace.events[1].digest += 1;
  const std::string changed = bench.folder.write("changed.json", to_json(trace));
  const Captured strict = bench.run({"replay", changed, "--strict"});
  CHECK(strict.exit == 3);
  CHECK(text(strict.out) == Contains("event 2 differs"));
}

TEST_CASE("command line: a trace that is no trace is one sentence and exit status 2") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  Trace trace = read_trace(bench.trace()).value();
  for (const char* const command : {"replay", "show", "shrink"}) {
    CAPTURE(command);
    check_refused(bench.run({command, bench.folder / "none.json"}), 2, "none.json");
    check_refused(bench.run({command, bench.folder.write("bad.json", "{")}), 2, "bad.json");
    check_refused(bench.run({command, bench.folder.write("list.json", "[]")}), 2, "list.json");
    CHECK(TemporaryFolder::read(bench.folder / "bad.json") == "{");
  }
  trace.scenario = "wrong/invarint";
  check_refused(bench.run({"replay", bench.folder.write("name.json", to_json(trace))}), 2,
                "did you mean \"wrong/invariant\"?");
  trace.scenario = "wrong/invariant";
  trace.plan = {Base::lazy, {{"first/read(a)#1/flight", 9}}, {}};
  const std::string value = bench.folder.write("value.json", to_json(trace));
  check_refused(bench.run({"replay", value}), 2, "goes from 0 to 1");
  check_refused(bench.run({"shrink", value}), 2, "goes from 0 to 1");
  trace.plan = {Base::lazy, {}, {}};
  trace.finding->check = "invariants";
  const std::string check = bench.folder.write("check.json", to_json(trace));
  check_refused(bench.run({"replay", check}), 2, "did you mean \"invariant\"?");
}

TEST_CASE("command line: an option that the scenario lacks is listed and strictly refused") {
  const Bench bench;
  Trace trace{.scenario = "toys/option", .options = {{"round", 2}}, .plan = {Base::lazy, {}, {}}};
  const std::string path = bench.folder.write("option.json", to_json(trace));
  const Captured lenient = bench.run({"replay", path});
  CHECK(lenient.exit == 0);
  CHECK(text(lenient.out) == Contains("1 option of the trace was never asked for:\n    round\n"));
  check_refused(bench.run({"replay", path, "--strict"}), 2, "did you mean \"rounds\"?");
}

TEST_CASE("command line: a replay with the trace's check off says so") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  const Captured replay = bench.run({"replay", bench.trace(), "--no-check", "invariant"});
  CHECK(replay.exit == 0);
  CHECK(text(replay.out) == Contains("the trace's check, invariant, is turned off"));
}

TEST_CASE("command line: a folder without traces runs nothing") {
  const Bench bench;
  const TemporaryFolder empty;
  check_refused(bench.run({"replay", empty.path()}), 5, "there is no *.json");
}

TEST_CASE("command line: break-at stops in a debugger") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  const std::string trace = bench.trace();
  const pid_t child = fork();
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(77);  // not in every container
    const std::vector<const char*> arguments = {"replay", trace.c_str(), "--break-at", "2"};
    _exit(run_command_line("reprise", arguments));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  if (WIFSTOPPED(status)) {
    CHECK(WSTOPSIG(status) == SIGTRAP);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  } else {
    CHECK(WEXITSTATUS(status) == 77);
  }
}

TEST_CASE("command line: break-at without a debugger is 2 and says what to type") {
  const Bench bench;
  bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300"});
  check_refused(bench.run({"replay", bench.trace(), "--break-at", "2"}), 2,
                "without a debugger: gdb --args reprise replay ");
  CHECK(bench.run({"replay", bench.trace(), "--break-at", "0"}).exit == 2);
  const Captured beyond = bench.run({"replay", bench.trace(), "--break-at", "1000"});
  CHECK(beyond.exit == 2);
  CHECK(text(beyond.err) == Contains("the run has only"));
}

TEST_CASE("command line: json is all there is on stdout") {
  const Bench bench;
  const std::vector<std::vector<std::string>> commands = {
      {"fuzz", "toys/clean", "--seeds", "20", "--json", "--out", bench.traces()},
      {"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300", "--json", "--out",
       bench.traces()},
      {"sweep", "toys/clean", "--json", "--out", bench.traces()},
      {"run", "toys/clean", "--json", "--out", bench.traces()},
      {"list", "--json"},
      {"selftest", "toys/counter", "--seeds", "50", "--json"},
      {"explain", "crash", "--json"},
      {"explain", "--json"},
  };
  for (const std::vector<std::string>& command : commands) {
    CAPTURE(command.front());
    CHECK(is_json(bench.run(command).out));
  }
  CHECK(is_json(bench.run({"replay", bench.trace(), "--json"}).out));
  CHECK(is_json(bench.run({"shrink", bench.trace(), "--json", "--out", bench.traces()}).out));
}

TEST_CASE("command line: explain knows other words for a check") {
  const Bench bench;
  CHECK(bench.run({"explain", "spinning"}).out == bench.run({"explain", "endless-run"}).out);
  CHECK(bench.run({"explain", "deadlock"}).exit == 0);
}

TEST_CASE("command line: list marks canaries") {
  const Bench bench;
  const Captured list = bench.run({"list"});
  CHECK(list.exit == 0);
  CHECK(text(list.out) == Contains("toys/clean"));
  CHECK(text(list.out) == Contains("found by double-mutation"));
}

TEST_CASE("command line: selftest ends with what passed and what failed") {
  const Bench bench;
  const Captured good = bench.run({"selftest", "toys/counter", "--seeds", "100"});
  CHECK(good.exit == 0);
  CHECK(good.out.ends_with("1 passed, 0 failed\n"));
  const Registered broken("toys/sound/broken", tests::clean_toy, "invariant", true);
  const Registered mended("toys/sound/mended", tests::clean_toy, {}, true);
  const Captured bad = bench.run({"selftest", "toys/*", "--seeds", "100"});
  CHECK(bad.exit == 1);
  CHECK(bad.out.ends_with("1 passed, 1 failed\n"));
}

TEST_CASE("command line: checks can be chosen") {
  const Bench bench;
  CHECK(
      bench
          .run_with_traces({"fuzz", "wrong/invariant", "--no-check", "invariant", "--seeds", "100"})
          .exit == 0);
  CHECK(bench
            .run_with_traces(
                {"fuzz", "wrong/invariant", "--check", "progress,crash", "--seeds", "100"})
            .exit == 0);
}

TEST_CASE("command line: the printed run is the same run") {
  const Bench bench;
  const Captured fuzz =
      bench.run_with_traces({"fuzz", "wrong/invariant", "--seed", "1", "--seeds", "300",
                             "--strategy", "uniform", "--profile", "calm", "--no-check", "crash"});
  CHECK(fuzz.exit == 1);
  CHECK(text(fuzz.out) == Contains(" --profile calm --strategy uniform --no-check crash\n"));
  CHECK(text(fuzz.out) == Contains(".json --no-check crash\n"));
  CHECK(bench.run({"replay", bench.trace()}).out.find("Again") == std::string::npos);
}

TEST_CASE("command line: an option of a scenario can be set") {
  const Bench bench;
  CHECK(bench.run_with_traces({"fuzz", "toys/option", "--set", "rounds=5", "--seeds", "20"}).exit ==
        0);
}

TEST_CASE("command line: an option of a scenario that always dies can be set") {
  const Bench bench;
  const Registered dies("wrong/dies", [](Sim& sim) {
    if (sim.option("rounds", 3) == 2) std::abort();
    sim.run();
  });
  CHECK(bench.run_with_traces({"run", "wrong/dies", "--set", "rounds=2"}).exit == 1);
}

TEST_CASE("command line: an interrupt ends a campaign with what it has") {
  const Bench bench;
  const std::string traces = bench.traces();
  const Captured captured = tests::capture([&] {
    const std::vector<const char*> arguments = {"fuzz", "toys/clean", "--for",
                                                "1h",   "--out",      traces.c_str()};
    // timeout(1) interrupts the process and its group, so that one comes twice.
    std::signal(SIGALRM, [](int) {
      std::raise(SIGINT);
      std::raise(SIGINT);
    });
    alarm(1);
    return run_command_line("reprise", arguments);
  });
  CHECK(captured.exit == 4);
  CHECK(text(captured.out) == Contains("interrupted"));
  CHECK(text(captured.out) == Contains(" passed, 0 failed"));
}

TEST_CASE("program: finds the planted bug of the built-in scenarios") {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE_MESSAGE(program != nullptr, "REPRISE_PROGRAM names the program; ctest sets it");
  const TemporaryFolder folder;
  const std::string name = '\'' + std::string(program) + "' ";
  CHECK(tests::capture_command(name + "--version").exit == 0);
  CHECK(tests::capture_command(name + "list").exit == 0);
  CHECK(tests::capture_command(name + "nonsense").exit == 2);
  const std::string fuzz = name + "fuzz reentry/counter-add/broken --seed 1 --out " + folder.path();
  CHECK(tests::capture_command(fuzz).exit == 1);
  CHECK(folder.files().size() == 1);
}

}  // namespace reprise
