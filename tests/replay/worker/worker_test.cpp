#include <doctest/doctest.h>
#include <reprise/core/assert.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/crash_recording.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/sim/runner.h>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/sanitized.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

const WorkerOptions silent{.hang_ms = 10'000, .silent = true};

const std::string bad_access = tests::is_sanitized ? "sanitizer" : "SIGSEGV";

volatile int one_always = 1;

// Runs one calm run of a scenario in the lazy world, in a worker.
WorkerEnd end_of(ScenarioBody body, std::uint64_t hang_ms = 10'000) {
  const tests::Registered toy("worker-test/toy", body);
  return run_in_worker(
      [&](WorkerPort& port) {
        Runner runner;
        const auto strategy = make_calm_strategy(Base::lazy);
        const RunResult result = runner.run(toy.scenario(), *strategy, {});
        port.send(result.finding ? result.finding->check : "clean");
      },
      {.hang_ms = hang_ms, .silent = true});
}

void abort_always(Sim&) { std::abort(); }

void abort_before_another(Sim& sim) {
  sim.task("first", [] { std::abort(); });
  sim.task("second", [] {});
  sim.run();
}

}  // namespace

TEST_CASE("worker: hands its records over in order and ends") {
  std::vector<std::string> records;
  const WorkerEnd end = run_in_worker(
      [](WorkerPort& port) {
        port.send("one");
        port.send("");
        port.send(std::string(1'000'000, 'x'));
      },
      silent, [&](std::string_view record) { records.emplace_back(record); });
  CHECK(!end.died());
  CHECK(records == std::vector<std::string>{"one", "", std::string(1'000'000, 'x')});
}

TEST_CASE("worker: what was sent before a death arrives") {
  std::vector<std::string> records;
  const WorkerEnd end = run_in_worker(
      [](WorkerPort& port) {
        port.send("last words");
        std::abort();
      },
      silent, [&](std::string_view record) { records.emplace_back(record); });
  CHECK(end.death == Death::abort);
  CHECK(records == std::vector<std::string>{"last words"});
}

TEST_CASE("worker: an exit is a death and says its code") {
  const WorkerEnd end = run_in_worker([](WorkerPort&) { std::_Exit(7); }, silent);
  CHECK(end.death == Death::exit);
  CHECK(end.words == "called exit(7)");
}

TEST_CASE("worker: a signal is a death of that name") {
  CHECK(run_in_worker([](WorkerPort&) { std::raise(SIGKILL); }, silent).name() == "SIGKILL");
  CHECK(run_in_worker([](WorkerPort&) { std::raise(SIGUSR1); }, silent).name() == "SIGUSR1");
  CHECK(run_in_worker([](WorkerPort&) { std::raise(SIGSEGV); }, silent).name() == bad_access);
}

TEST_CASE("worker: a bad access is SIGSEGV") {
  const WorkerEnd end = run_in_worker(
      [](WorkerPort&) { *reinterpret_cast<volatile int*>(std::uintptr_t{4096}) = one_always; },
      silent);
  CHECK(end.name() == bad_access);
}

TEST_CASE("worker: an overflow of the process's own stack is told from other bad accesses") {
  CHECK(end_of(tests::driven_overflow_toy).death ==
        (tests::is_sanitized ? Death::sanitizer : Death::stack_overflow));
}

TEST_CASE("worker: an exception that nobody catches is an abort") {
  CHECK(run_in_worker([](WorkerPort&) { throw std::runtime_error("no"); }, silent).death ==
        Death::abort);
}

TEST_CASE("worker: a broken check is an abort that says which") {
  const WorkerEnd end =
      run_in_worker([](WorkerPort&) { REPRISE_ASSERT(one_always == 2, "one is not two"); }, silent);
  CHECK(end.death == Death::abort);
  CHECK(end.words.starts_with("aborted: assertion failed: "));
  CHECK(end.words.ends_with(": one_always == 2 (one is not two)"));
}

TEST_CASE("worker: a loop for ever is a hang") {
  const std::uint64_t begun_ms = worker_clock_ms();
  const WorkerEnd end = run_in_worker(
      [](WorkerPort&) {
        while (one_always == 1) {
        }
      },
      {.hang_ms = 200, .silent = true});
  CHECK(end.death == Death::hang);
  CHECK(worker_clock_ms() - begun_ms >= 200);
}

TEST_CASE("worker: what died or hung leaves its stack") {
  for (const auto& death : std::vector<std::pair<std::string, void (*)()>>{
           {"SIGSEGV", [] { *reinterpret_cast<volatile int*>(std::uintptr_t{4096}) = one_always; }},
           {"abort", [] { std::abort(); }},
           {"hang", [] {
              while (one_always != 0) {
              }
            }}}) {
    const std::string& name = death.first;
    CAPTURE(name);
    const WorkerEnd end = run_in_worker([body = death.second](WorkerPort&) { body(); },
                                        {.hang_ms = 300, .silent = true});
    CHECK(end.name() == name);
    CHECK(end.stack.size() > 2);
  }
}

TEST_CASE("worker: what ends well or leaves by itself has no stack") {
  CHECK(run_in_worker([](WorkerPort&) {}, silent).stack.empty());
  CHECK(run_in_worker([](WorkerPort&) { _exit(3); }, silent).stack.empty());
}

TEST_CASE("worker: who beats does not hang") {
  const WorkerEnd end = run_in_worker(
      [](WorkerPort& port) {
        const std::uint64_t begun_ms = worker_clock_ms();
        while (worker_clock_ms() - begun_ms < 600) port.beat();
      },
      {.hang_ms = 300, .silent = true});
  CHECK(!end.died());
}

TEST_CASE("worker: interrupts are left to the supervisor") {
  const WorkerEnd end = run_in_worker(
      [](WorkerPort&) {
        std::raise(SIGINT);
        std::raise(SIGTERM);
      },
      silent);
  CHECK(!end.died());
}

TEST_CASE("worker: a page outlives its worker's death") {
  WorkerPool pool(silent);
  const std::optional<WorkerId> id = pool.start([](WorkerPort& port) {
    port.page().position = 42;
    std::abort();
  });
  REQUIRE(id.has_value());
  bool has_ended = false;
  while (!has_ended) {
    for (const WorkerEvent& event : pool.wait(1000)) {
      if (!event.end) continue;
      has_ended = true;
      CHECK(pool.page(*id).position == 42);
    }
  }
  CHECK(pool.empty());
}

TEST_CASE("worker: one death leaves the others alone") {
  WorkerPool pool(silent);
  std::map<WorkerId, Death> deaths;
  for (int i = 0; i < 6; ++i) {
    pool.start([i](WorkerPort& port) {
      if (i == 2) std::abort();
      port.send(std::to_string(i));
    });
  }
  std::vector<std::string> records;
  while (!pool.empty()) {
    for (const WorkerEvent& event : pool.wait(1000)) {
      if (event.end) {
        deaths[event.worker] = event.end->death;
      } else {
        records.push_back(event.record);
      }
    }
  }
  std::ranges::sort(records);
  CHECK(records == std::vector<std::string>{"0", "1", "3", "4", "5"});
  CHECK(deaths.size() == 6);
  CHECK(std::ranges::count(deaths, Death::abort, &std::pair<const WorkerId, Death>::second) == 1);
}

TEST_CASE("worker: the recording of a run outlives the process it ran in") {
  const tests::Registered toy("worker-test/toy", abort_always);
  const tests::Registered reads("worker-test/reads", tests::clean_toy);
  CrashRecording recording;
  const auto run = [&](const Scenario& scenario) {
    return run_in_worker(
        [&](WorkerPort&) {
          Runner runner;
          const auto calm = make_calm_strategy(Base::lazy);
          const auto recorder = recording.recorder(*calm);
          runner.run(scenario, *recorder, {});
          std::abort();
        },
        silent);
  };
  CHECK(run(reads.scenario()).death == Death::abort);
  CHECK(recording.recorded().plan.base == Base::lazy);
  CHECK(recording.recorded().plan.decisions.empty());
  REQUIRE(!recording.recorded().plan.order.empty());
  CHECK(recording.recorded().plan.order.front() == "first#1/turn");
  // What was enabled when it died comes last: a replay must hold it back.
  const tests::Registered dies("worker-test/dies", abort_before_another);
  CHECK(run(dies.scenario()).death == Death::abort);
  CHECK(recording.recorded().plan.order ==
        std::vector<std::string>{"first#1/turn", "second#1/turn"});
  CHECK(recording.recorded().happened == std::vector<std::string>{"first#1/turn"});
  // A new run begins a new recording.
  CHECK(run(toy.scenario()).death == Death::abort);
  CHECK(recording.recorded().plan.order.empty());
}

}  // namespace reprise
