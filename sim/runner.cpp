#include <reprise/sim/runner.h>

#include <reprise/core/assert.h>
#include <reprise/sim/check/determinism.h>
#include <reprise/sim/check/schedule_equivalence.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/evidence/lost_block.h>
#include <reprise/sim/evidence/submissions.h>
#include <reprise/sim/surface/environment.h>
#include <reprise/sim/world/world.h>

#include <cstddef>
#include <exception>
#include <utility>

namespace reprise {

struct Runner::Impl {
  World::Lasting lasting;
  std::unique_ptr<World> world = std::make_unique<World>(lasting);
  std::unique_ptr<Fiber> fiber;  // that watched scenarios run on
  // The reference run of the last workload compared.
  Scenario reference_of;
  Options reference_options;
  std::uint64_t reference_workload = 0;
  RunResult reference;
  Submissions reference_submissions;
  Submissions submissions;  // of the run that is compared

  const RunResult& reference_for(Runner& runner, const Scenario& scenario, const RunResult& run,
                                 const RunOptions& options) {
    if (reference_of.name != scenario.name || reference_of.body != scenario.body ||
        reference_workload != run.workload_digest || reference_options != options.options) {
      const std::vector<RecordedDecision> workload = world->host().workload();
      const std::unique_ptr<Strategy> strategy = make_reference_strategy(workload);
      RunOptions quiet = options;
      quiet.log_events = false;
      quiet.break_at = 0;
      reference = runner.run(scenario, *strategy, quiet);
      std::swap(reference_submissions, world->host().submissions());
      reference_of = scenario;
      reference_options = options.options;
      reference_workload = run.workload_digest;
    }
    return reference;
  }

  /// Runs `body` where it can be left; false if it was.
  template <class Body>
  bool run_on_fiber(Body& body) {
    constexpr std::size_t stack_bytes = std::size_t{8} << 20;  // as the main stack
    if (fiber == nullptr) fiber = std::make_unique<Fiber>(stack_bytes);
    world->set_run_fiber(fiber.get());
    // What earlier runs have left on it is nobody's pointer.
    const StackLayout clean{.offset = 0, .fill = 0};
    fiber->start([](void* context) { (*static_cast<Body*>(context))(); }, &body, clean);
    world->set_run_fiber(nullptr);
    return fiber->idle();
  }

  void compare_with_reference(Runner& runner, const Scenario& scenario, RunResult& run,
                              const RunOptions& options) {
    std::swap(submissions, world->host().submissions());
    if (!reference_for(runner, scenario, run, options).comparable) return;
    run.finding = compare_schedules(scenario.name, run, reference);
    if (run.finding) {
      if (options.log_events) show_difference(runner, scenario, options, run);
      return;
    }
    std::optional<Finding> repeated = compare_submissions(scenario.name, world->host().names(),
                                                          submissions, reference_submissions);
    if (!repeated) return;
    if (options.checks.errors.contains(repeated->check)) repeated->severity = Severity::error;
    if (repeated->severity == Severity::error) {
      run.finding = std::move(repeated);
    } else {
      run.notes.push_back(*std::move(repeated));
    }
  }

  /// The run is repeated twice: what entries have allocated for their first use is there already,
  /// and only what grows again, while nobody has freed what was there before, is lost.
  std::optional<Finding> find_lost_block(Runner& runner, const Scenario& scenario,
                                         Strategy& strategy, const RunOptions& options) const {
    RunOptions again = options;
    again.log_events = false;
    again.break_at = 0;
    world->memory().look_closely(true);
    static_cast<void>(runner.run(scenario, strategy, again));
    world->memory().live().follow(world->held());
    const bool has_failed = runner.run(scenario, strategy, again).finding.has_value();
    const std::vector<AllocatedBlock> before = world->memory().live().followed();
    world->memory().live().follow({});
    world->memory().look_closely(false);
    if (has_failed) return std::nullopt;
    return lost_block(scenario.name, before, world->held(), world->debug_info(),
                      world->memory().paths());
  }

  /// The finding is read: says more of what differs.
  void show_difference(Runner& runner, const Scenario& scenario, const RunOptions& options,
                       RunResult& run) const {
    const std::vector<RecordedDecision> workload = world->host().workload();
    const std::unique_ptr<Strategy> strategy = make_reference_strategy(workload);
    RunOptions logged = options;
    logged.break_at = 0;
    reprise::show_difference(*run.finding, run, runner.run(scenario, *strategy, logged));
  }
};

Runner::Runner() : impl_(std::make_unique<Impl>()) {}
Runner::~Runner() = default;

const Names& Runner::names() const { return impl_->lasting.names; }

RunResult Runner::run(const Scenario& scenario, Strategy& strategy, const RunOptions& options) {
  World& world = *impl_->world;
  const Answering harness(nullptr);  // again also after a run that was left
  const RunEnvironment environment;
  RunResult result;
  world.begin_run(scenario.name, strategy, options);
  auto run_body = [&] {
    try {
      Sim sim(world);
      const Answering world_answers(&world.surfaces());
      scenario.body(sim);
      REPRISE_ASSERT(world.run().happening.none(), "a task was left by longjmp()");
      if (!world.run().has_run && !world.view().stopped()) {
        world.view().report_misuse("the scenario never called sim.run()");
      }
    } catch (...) {
      world.report_exception("the scenario", std::current_exception());
    }
  };
  if (!world.memory().running()) {
    run_body();
  } else if (!impl_->run_on_fiber(run_body)) {
    world.end_left_run(result);
    impl_->fiber->forget();
    static_cast<void>(impl_->world.release());  // what lives on its fibers' stacks is not destroyed
    impl_->world = std::make_unique<World>(impl_->lasting);
    return result;
  }
  world.end_run(result);
  return result;
}

RunResult Runner::run_checked(const Scenario& scenario, Strategy& strategy,
                              const RunOptions& options, bool twice) {
  RunResult result = run(scenario, strategy, options);
  if (result.finding.has_value()) return result;
  const bool may_have_lost = !impl_->world->held().empty();
  if (result.comparable && options.checks.on(check_name::schedule_equivalence)) {
    impl_->compare_with_reference(*this, scenario, result, options);
    // Two runs that are compared must each be what they are every time: if they are not, that is
    // what is wrong.
    twice = twice || result.finding.has_value();
  }
  if (twice && options.checks.on(check_name::determinism)) {
    RunOptions logged = options;
    logged.log_events = true;
    std::optional<Finding> difference =
        find_difference(scenario.name, [&](const StackLayout& stacks) {
          logged.stacks = stacks;
          return run(scenario, strategy, logged);
        });
    if (difference) result.finding = std::move(difference);
  }
  if (may_have_lost && !result.finding) {
    result.finding = impl_->find_lost_block(*this, scenario, strategy, options);
  }
  return result;
}

}  // namespace reprise
