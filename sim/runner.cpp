#include <reprise/sim/check/determinism.h>
#include <reprise/sim/check/schedule_equivalence.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/world.h>

#include <exception>
#include <utility>

namespace reprise {

namespace {

/// A calm sync run that answers workload choices as another run did, and runs its tasks one after
/// the other.
class ReferenceStrategy final : public Strategy {
 public:
  explicit ReferenceStrategy(const std::vector<RecordedDecision>& workload)
      : workload_(workload), calm_(make_calm_strategy(Base::sync)) {}

  void begin(const Names& names) override { calm_->begin(names); }
  Base base() const override { return Base::sync; }
  Aspects active() const override { return aspects(Aspect::workload, Aspect::serial); }
  std::uint32_t choose(Decision decision) override {
    if (decision.identity.aspect == Aspect::serial) return 1;
    // Choices come in the same order, mostly: the next one is looked at first.
    for (std::size_t i = 0; i < workload_.size(); ++i) {
      const std::size_t at = (next_ + i) % workload_.size();
      if (!(workload_[at].identity == decision.identity)) continue;
      next_ = at + 1;
      return workload_[at].value % decision.arity;
    }
    return 0;
  }
  void enable(Event event) override { calm_->enable(event); }
  Event next(const Timers& timers) override { return calm_->next(timers); }

 private:
  const std::vector<RecordedDecision>& workload_;
  std::size_t next_ = 0;
  std::unique_ptr<Strategy> calm_;
};

}  // namespace

struct Runner::Impl {
  World world;
  // The reference run of the last workload compared.
  Scenario reference_of;
  Options reference_options;
  std::uint64_t reference_workload = 0;
  RunResult reference;

  const RunResult& reference_for(Runner& runner, const Scenario& scenario, const RunResult& run,
                                 const RunOptions& options) {
    if (reference_of.name != scenario.name || reference_of.body != scenario.body ||
        reference_workload != run.workload_digest || reference_options != options.options) {
      const std::vector<RecordedDecision> workload = world.workload();
      ReferenceStrategy strategy(workload);
      RunOptions quiet = options;
      quiet.log_events = false;
      quiet.break_at = 0;
      reference = runner.run(scenario, strategy, quiet);
      reference_of = scenario;
      reference_options = options.options;
      reference_workload = run.workload_digest;
    }
    return reference;
  }
};

Runner::Runner() : impl_(std::make_unique<Impl>()) {}
Runner::~Runner() = default;

const Names& Runner::names() const { return impl_->world.names(); }

RunResult Runner::run(const Scenario& scenario, Strategy& strategy, const RunOptions& options) {
  World& world = impl_->world;
  RunResult result;
  world.begin_run(scenario, strategy, options);
  try {
    Sim sim(world);
    scenario.body(sim);
    if (!world.has_run() && !world.stopped()) {
      world.report_misuse("the scenario never called sim.run()");
    }
  } catch (...) {
    world.report_exception("the scenario", std::current_exception());
  }
  world.end_run(result);
  return result;
}

RunResult Runner::run_checked(const Scenario& scenario, Strategy& strategy,
                              const RunOptions& options, bool twice) {
  RunResult result = run(scenario, strategy, options);
  if (result.finding.has_value()) return result;
  if (result.comparable && options.checks.on("schedule-equivalence")) {
    const RunResult& reference = impl_->reference_for(*this, scenario, result, options);
    if (reference.comparable) result.finding = compare_schedules(scenario, result, reference);
    if (result.finding.has_value()) return result;
  }
  if (twice && options.checks.on("determinism")) {
    RunOptions logged = options;
    logged.log_events = true;
    const RunResult first = run(scenario, strategy, logged);
    const OtherHeap other_heap;
    const RunResult second = run(scenario, strategy, logged);
    result.finding = compare_runs(scenario, first, second);
  }
  return result;
}

}  // namespace reprise
