#include "tests/bench/workload.h"

#include "tests/bench/meter.h"

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>

#include <array>
#include <cstdio>
#include <deque>
#include <string>

namespace reprise::bench {

namespace {

constexpr std::size_t read_bytes = 64;

class Reader {
 public:
  explicit Reader(Buffer buffer) : buffer_(std::move(buffer)) {}

  void restart(File& file, std::uint32_t ios) {
    file_ = &file;
    left_ = ios;
  }

  IOResult<Unit> run() {
    while (left_ > 0) {
      RETURN_IF_IO(read());
      done_ += 1;
      left_ -= 1;
    }
    return Unit{};
  }

 private:
  IOResult<Unit> read() {
    if (!read_) read_ = file_->pread(0, buffer_);
    if (!read_.finished()) IO_YIELD_ONE(read_);
    read_ = {};
    return Unit{};
  }

  File* file_ = nullptr;
  Buffer buffer_;
  Completion read_;
  std::uint32_t left_ = 0;
  Tracked<std::uint32_t> done_{"done"};
};

// What a scenario's body reads; it has no parameter of its own, and options would cost a look-up.
struct Shape {
  std::uint32_t tasks = 0;
  std::uint32_t ios = 0;
};
Shape shape;
std::vector<std::string> task_names;

void readers(Sim& sim) {
  static std::deque<Reader> kept;  // buffers are the workload's, and made once
  File& file = sim.open("data");
  sim.entries_per_operation_max(UINT32_MAX);
  sim.events_max(UINT64_MAX);
  for (std::uint32_t i = 0; i < shape.tasks; ++i) {
    if (kept.size() <= i) kept.emplace_back(Buffer::allocate(read_bytes, 64));
    Reader& reader = kept[i];
    reader.restart(file, shape.ios);
    sim.drive(task_names[i], [&reader] { return reader.run(); });
  }
  sim.run();
}

enum class Mode { bare, checked, recorded };

/// Runs it again and again for `seconds`; I/Os, runs and decisions per second.
struct Speed {
  double ios = 0, runs = 0, decisions = 0;
};

class Meter {
 public:
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  Meter(Mode mode, RandomOrder order, bool flight_only)
      : mode_(mode), random_(make_random_strategy(profile(flight_only), {order, !flight_only})) {
    options_.observed = mode != Mode::bare;
  }

  Speed run(double seconds) {
    RunStats total;
    std::uint64_t runs = 0;
    const double begin = seconds_now();
    double now = begin;
    while (now < begin + seconds) {
      for (int i = 0; i < 16 && (i == 0 || shape.tasks * shape.ios < 1000); ++i) {
        const RunStats stats = once();
        total.ios += stats.ios;
        total.events += stats.events;
        total.decisions += stats.decisions;
        ++runs;
      }
      now = seconds_now();
    }
    const double elapsed = now - begin;
    return {static_cast<double>(total.ios) / elapsed, static_cast<double>(runs) / elapsed,
            static_cast<double>(total.events + total.decisions) / elapsed};
  }

 private:
  // In the measured flights everything is in flight: nothing completes at submit.
  static Profile profile(bool flight_only) {
    Profile profile = *built_in_profile("default");
    if (flight_only) {
      profile.rate(DecisionKind::flight) = {0, 1};
      profile.rate(DecisionKind::serial) = {0, 1};
      profile.rate(DecisionKind::early) = {0, 1};
    }
    return profile;
  }

  RunStats once() {
    random_->reseed(seed_++);
    RunResult result;
    if (mode_ == Mode::bare) {
      result = runner_.run(scenario_, *random_, options_);
    } else if (mode_ == Mode::checked) {
      result = runner_.run_checked(scenario_, *random_, options_);
    } else {
      result = runner_.run_checked(scenario_, *recorder_, options_);
    }
    if (result.finding.has_value()) std::fprintf(stderr, "%s\n", result.finding->message.c_str());
    REPRISE_ASSERT(!result.finding.has_value(), "the measured workload has no bug");
    return result.stats;
  }

  Mode mode_;
  Runner runner_;
  Scenario scenario_{"bench", &readers, "", false};
  RunOptions options_;
  std::unique_ptr<RandomStrategy> random_;
  Recording recording_;
  std::unique_ptr<Strategy> recorder_ = make_recording_strategy(*random_, recording_);
  std::uint64_t seed_ = 1;
};

void set_shape(std::uint32_t tasks, std::uint32_t ios) {
  shape = {tasks, ios};
  while (task_names.size() < tasks) {
    task_names.push_back("reader[" + std::to_string(task_names.size()) + ']');
  }
}

}  // namespace

Flight measure_flight(std::uint32_t tasks, RandomOrder order) {
  const std::uint32_t ios = std::max(300'000u / tasks, 10u);
  set_shape(tasks, ios);
  std::array<std::vector<double>, 3> speeds;
  std::array<Meter, 3> meters = {Meter(Mode::bare, order, true), Meter(Mode::checked, order, true),
                                 Meter(Mode::recorded, order, true)};
  Flight flight;
  for (Meter& meter : meters) static_cast<void>(meter.run(0));  // warm up
  for (int round = 0; round < 5; ++round) {
    for (std::size_t mode = 0; mode < meters.size(); ++mode) {
      speeds[mode].push_back(meters[mode].run(0.1).ios / 1e6);
    }
  }
  const std::uint64_t before = bytes_allocated();
  const double begin = seconds_now();
  const Speed speed = meters[0].run(0.1);
  flight.bytes_per_io =
      static_cast<double>(bytes_allocated() - before) / (speed.ios * (seconds_now() - begin));
  flight.bare = median(speeds[0]);
  flight.checked = median(speeds[1]);
  flight.recorded = median(speeds[2]);
  return flight;
}

Runs measure_runs(std::uint32_t tasks, std::uint32_t ios) {
  set_shape(tasks, ios);
  std::array<std::vector<double>, 3> speeds;
  std::vector<double> decisions;
  std::array<Meter, 3> meters = {Meter(Mode::bare, RandomOrder::uniform, false),
                                 Meter(Mode::checked, RandomOrder::uniform, false),
                                 Meter(Mode::recorded, RandomOrder::uniform, false)};
  for (int round = 0; round < 7; ++round) {
    for (std::size_t mode = 0; mode < meters.size(); ++mode) {
      const Speed speed = meters[mode].run(0.1);
      speeds[mode].push_back(speed.runs / 1e3);
      if (mode == 0) decisions.push_back(speed.decisions / 1e6);
    }
  }
  return {median(speeds[0]), median(speeds[1]), median(speeds[2]), median(decisions)};
}

}  // namespace reprise::bench
