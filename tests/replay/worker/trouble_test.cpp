// Workers under fire: killed and stopped from outside, asleep, out of memory, forked, left by
// longjmp().
#include <doctest/doctest.h>
#include <reprise/replay/campaign/search.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/worker.h>
#include <reprise/reprise.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

const WorkerOptions quiet{.hang_ms = 10'000, .silent = true};

volatile int always_one = 1;

// Shared by a scenario and its test: a file that is there once.
std::string flag_file;

bool is_first_time() { return unlink(flag_file.c_str()) == 0; }

struct FlagFile {
  explicit FlagFile(const tests::TemporaryFolder& folder) { flag_file = folder.write("flag", ""); }
};

SearchOptions search_options() {
  SearchOptions options;
  options.cases.profile = *built_in_profile("default");
  options.mix.random_max = 50;
  options.worker = quiet;
  return options;
}

void one_task(Sim& sim, void (*trouble)()) {
  File& file = sim.open("a");
  sim.task("task", [&] {
    for (int i = 0; i < 3; ++i) {
      static_cast<void>(sim.wait(file.pread(0, Buffer::allocate(8))));
      trouble();
    }
  });
  sim.run();
}

void killed_once(Sim& sim) {
  one_task(sim, [] {
    if (is_first_time()) std::raise(SIGKILL);
  });
}

void stopped_once(Sim& sim) {
  one_task(sim, [] {
    if (is_first_time()) std::raise(SIGSTOP);
  });
}

void killed_always(Sim& sim) {
  one_task(sim, [] { std::raise(SIGKILL); });
}

void forked_once(Sim& sim) {
  one_task(sim, [] {
    if (is_first_time()) static_cast<void>(fork());
  });
}

void forked_always(Sim& sim) {
  one_task(sim, [] { static_cast<void>(fork()); });
}

void fork_that_ends(Sim& sim) {
  one_task(sim, [] {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
  });
}

void fork_without_end(Sim& sim) {
  one_task(sim, [] {
    while (always_one == 1) {
      if (fork() == 0) _exit(0);
    }
  });
}

void leaks_a_megabyte(Sim& sim) {
  static std::vector<char*> kept;
  kept.push_back(static_cast<char*>(std::malloc(4U << 20U)));
  for (std::size_t i = 0; i < 4U << 20U; i += 4096) kept.back()[i] = 1;
  one_task(sim, [] {});
}

void fills_memory(Sim& sim) {
  one_task(sim, [] {
    std::vector<std::vector<char>> kept;
    while (always_one == 1) {
      kept.emplace_back(1U << 20U, 'x');
      poll(nullptr, 0, 1);
    }
  });
}

std::jmp_buf outside;  // NOLINT

void left_for_the_body(Sim& sim) {
  sim.task("task", [] { std::longjmp(outside, 1); });
  if (setjmp(outside) == 0) sim.run();  // NOLINT
}

void left_for_the_task(Sim& sim) {
  sim.task("task", [&] {
    if (setjmp(outside) == 0) {  // NOLINT
      static_cast<void>(sim.await([]() -> IOResult<int> { std::longjmp(outside, 1); }));
    }
  });
  sim.run();
}

void prints(Sim& sim) {
  one_task(sim, [] {
    std::printf("to stdout\n");
    std::fprintf(stderr, "to stderr\n");
  });
}

WorkerEnd end_of(ScenarioBody body, const WorkerOptions& options) {
  const tests::Registered toy("worker-test/toy", body);
  return run_in_worker(
      [&](WorkerPort& port) {
        port.capture_output();
        Runner runner;
        const auto strategy = make_calm_strategy(Base::lazy);
        runner.run(toy.scenario(), *strategy, {});
      },
      options);
}

std::string only_signature(const SearchResult& result) {
  REQUIRE(result.hits.size() == 1);
  return result.hits.begin()->first;
}

}  // namespace

TEST_CASE("search: what a worker that was killed from outside had left is run by another") {
  const tests::TemporaryFolder folder;
  const FlagFile flag(folder);
  const tests::Registered toy("toy", killed_once);
  SearchOptions options = search_options();
  options.workers = 2;
  const SearchResult result = search(toy.scenario(), options);
  CHECK(result.hits.empty());
  CHECK(result.failure.empty());
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks.front().starts_with("a worker was killed from outside (SIGKILL"));
  const tests::Registered calm("calm", [](Sim& sim) { one_task(sim, [] {}); });
  CHECK(result.runs == search(calm.scenario(), options).runs);
}

TEST_CASE("search: a worker that was stopped from outside is replaced") {
  const tests::TemporaryFolder folder;
  const FlagFile flag(folder);
  const tests::Registered toy("toy", stopped_once);
  SearchOptions options = search_options();
  options.worker.hang_ms = 1'500;
  bool was_told = false;
  options.on_progress = [&](const SearchProgress& progress) {
    was_told = was_told || progress.is_worker_stopped;
  };
  const SearchResult result = search(toy.scenario(), options);
  CHECK(was_told);
  CHECK(result.hits.empty());
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks.front().starts_with("a worker was stopped from outside (SIGSTOP)"));
}

TEST_CASE("search: a case that kills each worker that tries it is a finding") {
  const tests::Registered toy("toy", killed_always);
  const SearchResult result = search(toy.scenario(), search_options());
  CHECK(only_signature(result) == "crash toy: SIGKILL");
  CHECK(result.remarks.empty());
  CHECK(result.runs == 1);
}

TEST_CASE("search: a child of fork() that comes back is a finding and runs nothing") {
  const tests::TemporaryFolder folder;
  const FlagFile flag(folder);
  const tests::Registered once("once", forked_once);
  SearchResult result = search(once.scenario(), search_options());
  CHECK(only_signature(result) == "crash once: fork");
  CHECK(result.runs == 1);
  const tests::Registered always("always", forked_always);
  result = search(always.scenario(), search_options());
  CHECK(only_signature(result) == "crash always: fork");
}

TEST_CASE("search: a child of fork() that ends by itself is nothing to report") {
  const tests::Registered toy("toy", fork_that_ends);
  const SearchResult result = search(toy.scenario(), search_options());
  CHECK(result.hits.empty());
}

TEST_CASE("search: a run that forks without an end is ended") {
  const tests::Registered toy("toy", fork_without_end);
  const SearchResult result = search(toy.scenario(), search_options());
  CHECK(only_signature(result) == "crash toy: fork");
}

TEST_CASE("search: a run that fills the memory is a finding") {
  const tests::Registered toy("toy", fills_memory);
  SearchOptions options = search_options();
  options.worker.memory_bytes_max = 200U << 20U;
  const SearchResult result = search(toy.scenario(), options);
  CHECK(only_signature(result) == "crash toy: memory");
  CHECK(result.hits.begin()->second.end.words.ends_with("the limit is 200 MB"));
}

TEST_CASE("search: memory that many runs have filled is no run's finding") {
  const tests::Registered toy("toy", leaks_a_megabyte);
  SearchOptions options = search_options();
  options.worker.memory_bytes_max = 150U << 20U;
  const SearchResult result = search(toy.scenario(), options);
  CHECK(result.hits.empty());
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks.front().find("grows from run to run") != std::string::npos);
}

TEST_CASE("worker: a sleep of real time is told from an endless loop") {
  const WorkerEnd end = run_in_worker([](WorkerPort&) { poll(nullptr, 0, 60'000); },
                                      {.hang_ms = 300, .silent = true});
  CHECK(end.death == Death::blocked);
  CHECK(end.words.find("slept for 300 ms of real time") != std::string::npos);
}

TEST_CASE("worker: who must wait for a processor does not hang") {
  // Hogs for a while each processor that the worker may use.
  std::vector<pid_t> hogs;
  for (int i = 0; i < 8; ++i) {
    const pid_t hog = fork();
    if (hog == 0) {
      alarm(20);
      while (always_one == 1) {
      }
    }
    hogs.push_back(hog);
  }
  const std::uint64_t begun_ms = worker_clock_ms();
  const WorkerEnd end = run_in_worker(
      [](WorkerPort&) {
        // 100 ms of processor time are far from a hang, whatever the clock on the wall says.
        const std::clock_t begun = std::clock();
        while (std::clock() - begun < CLOCKS_PER_SEC / 10) {
        }
      },
      {.hang_ms = 250, .silent = true});
  CHECK_FALSE(end.died());
  INFO("it took ", worker_clock_ms() - begun_ms, " ms");
  for (const pid_t hog : hogs) {
    kill(hog, SIGKILL);
    waitpid(hog, nullptr, 0);
  }
}

TEST_CASE("worker: it is dismissed when its time is over or somebody says so") {
  const auto forever = [](WorkerPort& port) {
    while (always_one == 1) port.beat();
  };
  WorkerOptions options = quiet;
  options.deadline_ms = worker_clock_ms() + 200;
  CHECK(run_in_worker(forever, options).is_dismissed());
  options.deadline_ms = UINT64_MAX;
  options.stopped = [] { return true; };
  CHECK(run_in_worker(forever, options).is_dismissed());
}

TEST_CASE("worker: what it prints comes with its end and is shortened if it is long") {
  WorkerOptions options = quiet;
  CHECK(end_of(prints, options).output.empty());
  options.captures = true;
  options.drops_handlers = true;  // doctest's print, too
  CHECK(end_of(prints, options).output ==
        "to stdout\nto stderr\nto stdout\nto stderr\nto stdout\nto stderr\n");
  const WorkerEnd end = run_in_worker(
      [](WorkerPort& port) {
        port.capture_output();
        for (int i = 0; i < 100'000; ++i) std::printf("line %d\n", i);
        std::abort();
      },
      options);
  CHECK(end.death == Death::abort);
  CHECK(end.output.size() < 40'000);
  CHECK(end.output.starts_with("line 0\n"));
  CHECK(end.output.find(" bytes left out ...") != std::string::npos);
  CHECK(end.output.ends_with("line 99999\n"));
}

TEST_CASE("worker: longjmp() out of a task or an operation is told as that") {
  CHECK(end_of(left_for_the_body, quiet).death == Death::longjmp);
  CHECK(end_of(left_for_the_task, quiet).death == Death::longjmp);
}

}  // namespace reprise
