// A device that Reprise does not know of, the toy pipe: record, replay, shrink, sweep, display and
// the checks work with it as with the disk.
#include "tests/support/pipe/pipe.h"

#include <doctest/doctest.h>
#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/trace/file.h>
#include <reprise/replay/trace/replay.h>
#include <reprise/sim/world/world.h>

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "tests/support/toy.h"
#include "tests/support/trouble.h"

namespace reprise {

namespace {

using tests::Pipe;
using tests::Registered;
using tests::TemporaryFolder;
using tests::Toy;

Pipe& pipe_of(Sim& sim) { return internal::world_of(sim).host().own<Pipe>(); }

/// Sends three words. The broken one counts a word before it is sent, and counts it again on
/// re-entry.
template <bool is_broken>
struct Sender {
  Pipe& pipe;
  Buffer word = Buffer::allocate(4);
  Completion sending = {};
  Tracked<int> sent{"sent"};

  IOResult<Unit> one() {
    if (!sending) sending = pipe.send(word);
    if (!sending.finished()) IO_YIELD_ONE(sending);
    const Completion ended = std::exchange(sending, {});
    if (!ended.succeeded()) return ended.get_error();
    return Unit{};
  }
  IOResult<Unit> all() {
    while (sent < 3) {
      if (is_broken) sent += 1;
      RETURN_IF_IO(one());
      if (!is_broken) sent += 1;
    }
    return Unit{};
  }
};

struct Receiver {
  Pipe& pipe;
  Buffer into = Buffer::allocate(8);
  Completion receiving = {};
  std::uint64_t bytes = 0;

  IOResult<Unit> all() {
    while (bytes < 12) {
      if (!receiving) receiving = pipe.receive(into);
      if (!receiving.finished()) IO_YIELD_ONE(receiving);
      const Completion ended = std::exchange(receiving, {});
      if (!ended.succeeded()) return ended.get_error();
      bytes += ended.result();
    }
    return Unit{};
  }
};

template <bool is_broken>
void talk(Sim& sim) {
  Pipe& pipe = pipe_of(sim);
  Sender<is_broken> sender{pipe};
  Receiver receiver{pipe};
  sim.drive("sender", [&] { return sender.all(); });
  sim.drive("receiver", [&] { return receiver.all(); });
  if (!is_broken) {
    sim.finally("all has come", [&] { return receiver.bytes == 12; });
  }
  sim.run();
}

/// The sender gives up at an error, and so never sends the rest.
void talk_with_errors(Sim& sim) {
  Pipe& pipe = pipe_of(sim);
  sim.survives({.errors = true});
  Sender<false> sender{pipe};
  sim.task("sender", [&] {
    const Outcome<Unit> sent = sim.await([&] { return sender.all(); });
    sim.expect(sent.ok(), "all was sent");
  });
  Receiver receiver{pipe};
  sim.drive("receiver", [&] { return receiver.all(); });
  sim.run();
}

CampaignOptions options_into(const TemporaryFolder& folder) {
  CampaignOptions options;
  options.search.cases.seed = 1;
  options.search.cases.profile = *built_in_profile("default");
  options.search.cases.sweep_max = 1000;
  options.search.mix.random_max = 300;
  options.search.worker.silent = true;
  options.folder = folder.path();
  return options;
}

}  // namespace

TEST_CASE("own device: sound code is clean and all of its cases are run") {
  const Registered scenario("own-device/talk", talk<false>);
  const TemporaryFolder folder;
  const Campaign campaign = run_campaign({&scenario.scenario()}, options_into(folder));
  CHECK(campaign.findings.empty());
  CHECK(campaign.failure.empty());
  CHECK(campaign.report.scenarios.front().runs > 300);
}

TEST_CASE("own device: a bug is found and shrunk to the one decision that shows it and replayed") {
  const Registered scenario("own-device/talk", talk<true>);
  const TemporaryFolder folder;
  const CampaignOptions options = options_into(folder);
  const Campaign campaign = run_campaign({&scenario.scenario()}, options);
  REQUIRE(campaign.findings.size() == 1);
  const FindingReport& report = campaign.findings.front();
  CHECK(report.finding.check == "double-mutation");
  CHECK(distance(report.trace.plan) <= 1);
  const Expected<Trace> written = read_trace(report.trace_path);
  REQUIRE(written.ok());
  const Replayed replayed =
      replay_trace(scenario.scenario(), written.value(), {{}, options.search.worker});
  CHECK(compare_findings(written.value(), replayed) == ReplayAnswer::same);
}

TEST_CASE("own device: the sweep makes each of its I/Os fail") {
  const Registered scenario("own-device/errors", talk_with_errors);
  const TemporaryFolder folder;
  const Campaign campaign = run_campaign({&scenario.scenario()}, options_into(folder));
  REQUIRE(campaign.findings.size() == 1);
  const FindingReport& report = campaign.findings.front();
  CHECK(report.finding.check == "invariant");
  REQUIRE(report.trace.plan.decisions.size() == 1);
  CHECK(report.trace.plan.decisions[0].identity.starts_with("sender/write(pipe)#"));
  CHECK(report.trace.plan.decisions[0].identity.ends_with("/error"));
}

TEST_CASE("own device: the log tells what it does and a recording makes the same run") {
  Toy toy([](Sim& sim) { talk<false>(sim); });
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::unique_ptr<RandomStrategy> random = tests::random_of(seed);
    const Plan plan = toy.record(*random);
    const RunResult recorded = toy.recorded();
    REQUIRE(!recorded.finding.has_value());
    const RunResult replayed = toy.check_twice(plan);
    CHECK(replayed.digest == recorded.digest);
    CHECK(toy.missed().none());
    CHECK(!replayed.finding.has_value());
  }
  const RunResult lazy = toy.run(tests::lazy_plan());
  CHECK(tests::says(lazy, "sender/write(pipe)#1 has finished: 4 bytes"));
  CHECK(tests::says(lazy, "pipe: "));
}

TEST_CASE("own device: what it keeps is a part of what equivalent schedules agree on") {
  Toy toy([](Sim& sim) {
    Pipe& pipe = pipe_of(sim);
    const Buffer word = Buffer::allocate(4);
    sim.task("sender", [&] { static_cast<void>(sim.wait(pipe.send(word))); });
    sim.run();
  });
  const RunResult result = toy.run(tests::sync_plan());
  std::vector<std::string> compared;
  for (const OutcomePart& part : result.outcome) compared.push_back(part.what);
  CHECK(compared == std::vector<std::string>{"the results of `sender`", "the disk", "the pipe"});
}

TEST_CASE("own device: a world has nodes with a disk and a clock each") {
  std::vector<std::string> read;
  Toy toy([&](Sim& sim) {
    internal::World& world = internal::world_of(sim);
    DiskDevice& here = world.node().disk;
    DiskDevice& there = world.node("b").disk;
    here.write_file("db", std::as_bytes(std::span("here", 4)));
    there.write_file("db", std::as_bytes(std::span("there", 5)));
    sim.task("client", [&] {
      for (DiskDevice* const disk : {&here, &there}) {
        Buffer bytes = Buffer::allocate(8);
        const Completion done = disk->open_for_run("db").pread(0, bytes);
        CHECK(sim.wait(done) == IOError::none);
        read.emplace_back(reinterpret_cast<const char*>(bytes.data()), done.result());
        CHECK(sim.wait(disk->timer(Duration(10))) == IOError::none);
      }
    });
    sim.run();
  });
  const RunResult result = toy.run(tests::lazy_plan());
  CHECK(!result.finding.has_value());
  CHECK(read == std::vector<std::string>{"here", "there"});
  CHECK(tests::says(result, "disk: client/read(db)#1 has finished"));
  CHECK(tests::says(result, "disk of b: client/read(b:db)#1 has finished"));
}

}  // namespace reprise
