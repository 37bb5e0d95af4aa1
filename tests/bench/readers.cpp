#include "tests/bench/readers.h"

#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

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

// What the scenario's body reads: it has no parameter, and an option would cost a look-up.
struct Asked {
  std::uint32_t tasks = 0;
  std::uint32_t ios = 0;
};
Asked asked;
std::vector<std::string> task_names;

void readers(Sim& sim) {
  static std::deque<Reader> kept;  // buffers are the workload's, and made once
  File& file = sim.open("data");
  sim.entries_per_operation_max(UINT32_MAX);
  sim.events_max(UINT64_MAX);
  for (std::uint32_t i = 0; i < asked.tasks; ++i) {
    if (kept.size() <= i) kept.emplace_back(Buffer::allocate(read_bytes, 64));
    Reader& reader = kept[i];
    reader.restart(file, asked.ios);
    sim.drive(task_names[i], [&reader] { return reader.run(); });
  }
  sim.run();
}

// The corpus, in the same program, is watched code; while there is some, more checks are on.
class AsIfWatched {
 public:
  explicit AsIfWatched(bool is_watched)
      : before_(std::exchange(has_watched_code, is_watched && has_watched_code)) {}
  AsIfWatched(const AsIfWatched&) = delete;
  AsIfWatched& operator=(const AsIfWatched&) = delete;
  ~AsIfWatched() { has_watched_code = before_; }

 private:
  bool before_;
};

class Readers final : public Workload {
 public:
  Readers(const ReadersShape& shape, Mode mode) : shape_(shape), mode_(mode) {
    options_.observed = mode != Mode::bare;
    while (task_names.size() < shape.tasks) {
      task_names.push_back("reader[" + std::to_string(task_names.size()) + ']');
    }
  }

  RunStats run(std::uint64_t seed) override { return run_with(seed, shape_.ios); }
  void warm_up() override { static_cast<void>(run_with(0, 1)); }

 private:
  static Profile profile_of(const ReadersShape& shape) {
    Profile profile = *built_in_profile("default");
    if (shape.all_in_flight) {
      profile.rate(DecisionKind::flight) = {0, 1};
      profile.rate(DecisionKind::serial) = {0, 1};
      profile.rate(DecisionKind::early) = {0, 1};
    }
    return profile;
  }

  RunStats run_with(std::uint64_t seed, std::uint32_t ios) {
    const AsIfWatched as_if(mode_ == Mode::watched);
    asked = {shape_.tasks, ios};
    random_->reseed(seed);
    switch (mode_) {
      case Mode::bare: return stats_of(runner_.run(scenario_, *random_, options_));
      case Mode::checked:
      case Mode::watched: return stats_of(runner_.run_checked(scenario_, *random_, options_));
      case Mode::recorded: break;
    }
    return stats_of(runner_.run_checked(scenario_, *recorder_, options_));
  }

  ReadersShape shape_;
  Mode mode_;
  Runner runner_;
  Scenario scenario_{"bench", &readers, "", false};
  RunOptions options_;
  std::unique_ptr<RandomStrategy> random_ =
      make_random_strategy(profile_of(shape_), {shape_.order, !shape_.all_in_flight});
  Recording recording_;
  std::unique_ptr<Strategy> recorder_ = make_recording_strategy(*random_, recording_);
};

}  // namespace

std::unique_ptr<Workload> make_readers(const ReadersShape& shape, Mode mode) {
  return std::make_unique<Readers>(shape, mode);
}

}  // namespace reprise::bench
