#include <reprise/sim/check/checks.h>

#include <reprise/core/assert.h>

#include <bit>

namespace reprise {

// The factories: each is the last function of its check's file.
#define REPRISE_CHECK(unit, name) std::unique_ptr<Check> make_##unit(RunView& run);
REPRISE_RUN_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK

Checks::Checks(RunView& run) : run_(run) {
#define REPRISE_CHECK(unit, name) all_.push_back(make_##unit(run));
  REPRISE_RUN_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK
  REPRISE_ASSERT(all_.size() <= checks_max, "there is room for all checks");
}

void Checks::select(DecisionKinds active) {
  for (Listeners& listeners : listeners_) listeners.count = 0;
  read_loads_ = false;
  if (!run_.options().observed) return;
  for (const std::unique_ptr<Check>& check : all_) {
    if (!run_.options().checks.on(check->name())) continue;
    if (check->about() != 0 && (check->about() & active) == 0) continue;
    if (check->needs_store_watch() && !MemoryWatch::has_watched_code()) continue;
    listen(*check, check->wants(check->overridden_));
    read_loads_ = read_loads_ || check->reads_loads();
  }
}

void Checks::run_begins() {
  for (const std::unique_ptr<Check>& check : all_) check->run_begins();
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
