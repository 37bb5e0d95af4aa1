#include <reprise/sim/check/checks.h>

#include <reprise/core/assert.h>

#include <bit>

namespace reprise {

// The factories: each is the last function of its check's file.
#define REPRISE_CHECK(unit, name) std::unique_ptr<Check> make_##unit(RunView& run);
REPRISE_RUN_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK

Checks::Checks(RunView& run) : run_(run) {
  const auto know = [&](std::unique_ptr<Check> check) {
    const Check& told = *check;
    all_.push_back({std::move(check), told.about(), told.needs_store_watch(), false});
  };
#define REPRISE_CHECK(unit, name) know(make_##unit(run));
  REPRISE_RUN_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK
  REPRISE_ASSERT(all_.size() <= checks_max, "there is room for all checks");
}

void Checks::look_at_options() {
  const bool is_observed = run_.options().observed;
  const bool has_watched_code = MemoryWatch::has_watched_code();
  const CheckSet& chosen = run_.options().checks;
  for (KnownCheck& known : all_) {
    known.is_on = is_observed && (has_watched_code || !known.needs_store_watch) &&
                  (chosen.off.empty() || chosen.on(known.check->name()));
  }
}

void Checks::select(DecisionKinds active) {
  for (Listeners& listeners : listeners_) listeners.count = 0;
  read_loads_ = false;
  for (const KnownCheck& known : all_) {
    if (!known.is_on || (known.about != 0 && (known.about & active) == 0)) continue;
    Check& check = *known.check;
    listen(check, check.wants(check.overridden_));
    read_loads_ = read_loads_ || check.reads_loads();
  }
}

void Checks::run_begins() {
  for (const KnownCheck& known : all_) known.check->run_begins();
}

void Checks::listen(Check& check, Hooks to) {
  for (; to != 0; to &= to - 1) {
    Listeners& listeners = listeners_[static_cast<unsigned>(std::countr_zero(to))];
    listeners.all[listeners.count++] = &check;
  }
}

Checks::OnlyOne::OnlyOne(Checks& checks, Check& check, Hooks to)
    : checks_(checks), listeners_(checks.listeners_) {
  for (Listeners& listeners : checks.listeners_) listeners.count = 0;
  checks.listen(check, check.overridden_ & to);
}

}  // namespace reprise
