#include <reprise/replay/cli/option_groups.h>

#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/cli/shard.h>
#include <reprise/replay/cli/values.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <vector>

namespace reprise {

namespace {

// An option for which an empty text differs from no text.
CLI::Option* add_optional(CLI::App& app, const std::string& name, std::optional<std::string>& into,
                          const std::string& help) {
  return app.add_option_function<std::string>(
      name, [&into](const std::string& text) { into = text; }, help);
}

// An option that may be given again.
void add_list(CLI::App& app, const std::string& name, std::vector<std::string>& into,
              const std::string& help, const std::string& type) {
  app.add_option(name, into, help)->type_name(type)->allow_extra_args(false);
}

// Keeps an option that the commands printed by a report must repeat.
void keep(std::vector<std::string>& arguments, std::string name, const std::string& value) {
  arguments.push_back(std::move(name));
  arguments.push_back(value);
}

class SeedGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(app, "--seed", seed_,
                 "Decimal, 0x hexadecimal, a 40-digit commit hash, or random; always printed")
        ->type_name("SEED");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    options.is_seed_fixed = seed_ ? *seed_ != "random" : options.command->traits.has_fixed_seed;
    if (seed_) {
      reading.read(parse_seed_option(*seed_), options.search.cases.seed);
    } else {
      options.search.cases.seed = options.command->traits.has_fixed_seed ? 1 : random_seed();
    }
  }

 private:
  std::optional<std::string> seed_;
};

class SeedsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(app, "--seeds", seeds_, "Random runs of each scenario")->type_name("N");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    constexpr std::uint64_t seeds_max = 1'000'000'000'000;
    if (seeds_) reading.read(parse_count("--seeds", *seeds_, 1, seeds_max), options.budget.seeds);
  }

 private:
  std::optional<std::string> seeds_;
};

class TimeGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(app, "--for", time_, "Time limit for all of it: 500ms, 30s, 5m, 1h")
        ->type_name("TIME");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (time_) reading.read(parse_duration("--for", *time_), options.budget.milliseconds);
  }

 private:
  std::optional<std::string> time_;
};

class JobsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(app, "-j,--jobs", jobs_, "Worker processes [all processors]")->type_name("N");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    std::uint64_t jobs = options.search.workers;
    if (jobs_) reading.read(parse_count("-j", *jobs_, 1, 1024), jobs);
    options.search.workers = static_cast<std::uint32_t>(jobs);
  }

 private:
  std::optional<std::string> jobs_;
};

class ShardGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(app, "--shard", shard_,
                 "Runs only this part of the cases, K from 1 to N, or auto: as the environment of "
                 "GoogleTest, Bazel, Slurm, GitLab, Buildkite or CircleCI says; `merge` joins the "
                 "results")
        ->type_name("K/N");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (!shard_) return;
    reading.read(parse_shard_option(*shard_), options.shard);
    if (options.command->traits.is_one_run) {
      reading.fail(
          fmt::format("`{}` makes one run, which --shard cannot split; `fuzz --seeds N` can",
                      options.command->name));
    } else if (!options.is_seed_fixed) {
      reading.fail("--shard needs a --seed: all shards of a campaign must have the same");
    }
  }

 private:
  std::optional<std::string> shard_;
};

class StrategyGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_optional(
        app, "--strategy", strategy_,
        "portfolio, uniform, latencies; or only runs that start from a calm world: sync (all I/O "
        "succeeds at once) or lazy (I/O succeeds once nothing else can run) [portfolio]")
        ->type_name("NAME");
    add_optional(app, "--profile", profile_, "calm, default, chaos, or a JSON file [default]")
        ->type_name("NAME");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (profile_) reading.read(parse_profile_option(*profile_), options.search.cases.profile);
    if (strategy_) reading.read(parse_strategy_option(*strategy_), options.search.cases.strategy);
    if (profile_ && *profile_ != "default") keep(options.run_arguments, "--profile", *profile_);
    if (strategy_ && *strategy_ != "portfolio") {
      keep(options.run_arguments, "--strategy", *strategy_);
    }
  }

 private:
  std::optional<std::string> strategy_;
  std::optional<std::string> profile_;
};

class ParametersGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_list(app, "--set", parameters_, "Sets an option of the scenario; may be repeated",
             "NAME=VALUE");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    for (const std::string& text : parameters_) {
      std::pair<std::string, std::int64_t> parameter;
      reading.read(parse_parameter(text), parameter);
      options.search.cases.run.options.insert_or_assign(parameter.first, parameter.second);
    }
  }

 private:
  std::vector<std::string> parameters_;
};

class ChecksGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    add_list(app, "--check", only_, "Turns on only this check; may be repeated", "CHECK");
    add_list(app, "--no-check", without_, "Turns this check off; may be repeated", "CHECK");
    add_list(app, "--error", errors_, "Makes this check's notes errors; may be repeated", "CHECK");
    add_list(app, "--benign", benign_,
             "Ignores stores to variables, or by functions, of this name; a pattern", "NAME");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    reading.read(parse_checks(only_, without_, errors_), options.search.cases.run.checks);
    if (std::ranges::find(benign_, "") != benign_.end()) {
      reading.fail("--benign takes the name of a variable or a function, not an empty text");
    }
    options.search.cases.run.checks.benign = benign_;
    std::vector<std::string>& kept = options.check_arguments;
    for (const std::string& names : only_) keep(kept, "--check", names);
    for (const std::string& names : without_) keep(kept, "--no-check", names);
    for (const std::string& names : errors_) keep(kept, "--error", names);
    for (const std::string& name : benign_) keep(kept, "--benign", name);
  }

 private:
  std::vector<std::string> only_;
  std::vector<std::string> without_;
  std::vector<std::string> errors_;
  std::vector<std::string> benign_;
};

class KeepGoingGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_flag("--keep-going", keep_going_, "Goes on after a scenario's first finding");
  }
  void read(OptionReading&, CommandOptions& options) const override {
    options.search.keep_going = keep_going_;
  }

 private:
  bool keep_going_ = false;
};

class TracesGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--out", folder_, "Folder that traces are written to [traces]")
        ->type_name("FOLDER");
    app.add_flag("--full", full_, "Writes every event into traces");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (folder_.empty()) reading.fail("--out takes the name of a folder, not an empty text");
    options.folder = folder_;
    options.full = full_;
  }

 private:
  std::string folder_ = "traces";
  bool full_ = false;
};

class ReplayGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_flag("--strict", strict_, "Exit status 3 if the run differs from the trace");
    app.add_flag("--lenient", lenient_, "Only lists the differences [default]");
    add_optional(app, "--break-at", break_at_, "Stops in the debugger before event N")
        ->type_name("N");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (strict_ && lenient_) reading.fail("--strict and --lenient exclude each other");
    options.strict = strict_;
    if (break_at_) {
      reading.read(parse_count("--break-at", *break_at_, 1, UINT64_MAX), options.break_at);
    }
  }

 private:
  bool strict_ = false;
  bool lenient_ = false;
  std::optional<std::string> break_at_;
};

class CampaignsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--campaigns", campaigns_,
                   "Random campaigns of each broken half, for the median; 0: none [20]")
        ->type_name("N");
    app.add_flag("--markdown", markdown_, "Prints a table for a document");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    reading.read(parse_count("--campaigns", campaigns_, 0, 100'000), options.campaigns);
    options.markdown = markdown_;
  }

 private:
  std::string campaigns_ = "20";
  bool markdown_ = false;
};

class SweepGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--distance", distance_, "Most differences from a calm run: 1 or 2 [1]")
        ->type_name("N");
    app.add_option(
           "--plans", plans_,
           "With --distance 2, most pairs from each calm run; if it has more, a sample [100000]")
        ->type_name("N");
    app.add_flag("--crash", crash_,
                 "Also loses the power at every event, after one other difference at most, and "
                 "recovers from all that it may leave on the disk");
    app.add_option("--power-losses", power_losses_,
                   "With --crash, most power losses from each calm run; if it has more, a sample "
                   "[100000]")
        ->type_name("N");
    app.add_option("--states", states_,
                   "With --crash, most states of the disk behind one power loss [512]")
        ->type_name("N");
    app.add_flag("--no-prune", no_prune_,
                 "With --crash, recovers also from states that no recovery can tell from another");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    std::uint64_t distance = 1;
    reading.read(parse_count("--distance", distance_, 1, 2), distance);
    options.search.mix.pairs = distance == 2;
    options.search.mix.crashes = crash_;
    CaseOptions& cases = options.search.cases;
    reading.read(parse_count("--power-losses", power_losses_, 1, UINT64_MAX), cases.crashes_max);
    reading.read(parse_count("--states", states_, 1, 1'000'000), cases.crash_limits.states_max);
    cases.crash_limits.prunes = !no_prune_;
    reading.read(parse_count("--plans", plans_, 1, UINT64_MAX), options.search.cases.pairs_max);
  }

 private:
  std::string distance_ = "1";
  std::string plans_ = "100000";
  std::string power_losses_ = "100000";
  std::string states_ = "512";
  bool crash_ = false;
  bool no_prune_ = false;
};

class CoverageGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--certificate", certificate_, "Writes the coverage to this file")
        ->type_name("FILE");
    app.add_option("--compare", compare_,
                   "Exit status 4 if something that this certificate covers is no longer covered")
        ->type_name("FILE");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    options.certificate = certificate_;
    options.compare = compare_;
    if (options.shard && (!certificate_.empty() || !compare_.empty())) {
      reading.fail("--certificate and --compare are for the whole sweep: give them to `merge`");
    }
  }

 private:
  std::string certificate_;
  std::string compare_;
};

class LimitsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--hang-timeout", hang_,
                   "A run that computes or sleeps this long without an event hangs [10s]")
        ->type_name("TIME");
    add_optional(app, "--memory", memory_,
                 "Memory limit of a worker: 500M, 2G [its share of the machine, 1G to 4G]")
        ->type_name("SIZE");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    WorkerOptions& worker = options.search.worker;
    reading.read(parse_duration("--hang-timeout", hang_), worker.hang_ms);
    if (memory_) reading.read(parse_size("--memory", *memory_), worker.memory_bytes_max);
  }

 private:
  std::string hang_ = "10s";
  std::optional<std::string> memory_;
};

class IsolateGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_flag("--isolate", isolate_,
                 "Each run in a process of its own, for code that keeps state in globals; no check "
                 "compares two runs");
  }
  void read(OptionReading&, CommandOptions& options) const override {
    options.search.cases.is_isolated = isolate_;
  }

 private:
  bool isolate_ = false;
};

class NamesGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_flag("--names", names_, "Prints names only, one a line");
  }
  void read(OptionReading&, CommandOptions& options) const override { options.names = names_; }

 private:
  bool names_ = false;
};

}  // namespace

std::unique_ptr<OptionGroup> seed_group() { return std::make_unique<SeedGroup>(); }
std::unique_ptr<OptionGroup> seeds_group() { return std::make_unique<SeedsGroup>(); }
std::unique_ptr<OptionGroup> time_group() { return std::make_unique<TimeGroup>(); }
std::unique_ptr<OptionGroup> jobs_group() { return std::make_unique<JobsGroup>(); }
std::unique_ptr<OptionGroup> shard_group() { return std::make_unique<ShardGroup>(); }
std::unique_ptr<OptionGroup> strategy_group() { return std::make_unique<StrategyGroup>(); }
std::unique_ptr<OptionGroup> parameters_group() { return std::make_unique<ParametersGroup>(); }
std::unique_ptr<OptionGroup> checks_group() { return std::make_unique<ChecksGroup>(); }
std::unique_ptr<OptionGroup> keep_going_group() { return std::make_unique<KeepGoingGroup>(); }
std::unique_ptr<OptionGroup> traces_group() { return std::make_unique<TracesGroup>(); }
std::unique_ptr<OptionGroup> replay_group() { return std::make_unique<ReplayGroup>(); }
std::unique_ptr<OptionGroup> campaigns_group() { return std::make_unique<CampaignsGroup>(); }
std::unique_ptr<OptionGroup> sweep_group() { return std::make_unique<SweepGroup>(); }
std::unique_ptr<OptionGroup> coverage_group() { return std::make_unique<CoverageGroup>(); }
std::unique_ptr<OptionGroup> limits_group() { return std::make_unique<LimitsGroup>(); }
std::unique_ptr<OptionGroup> isolate_group() { return std::make_unique<IsolateGroup>(); }
std::unique_ptr<OptionGroup> names_group() { return std::make_unique<NamesGroup>(); }

}  // namespace reprise
