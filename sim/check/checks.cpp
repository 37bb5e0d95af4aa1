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
    all_.push_back({std::move(check), told.about(), told.needs_store_watch(), false, 0});
  };
#define REPRISE_CHECK(unit, name) know(make_##unit(run));
  REPRISE_RUN_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK
  REPRISE_ASSERT(all_.size() <= checks_max, "there is room for all checks");
}

void Checks::look_at_options() {
  const bool is_observed = run_.options().observed;
  if (!is_observed && !is_any_on_) return;
  const bool has_watched_code = MemoryWatch::has_watched_code();
  const CheckSet& chosen = run_.options().checks;
  is_any_on_ = is_observed;
  for (KnownCheck& known : all_) {
    known.is_on = is_observed && (has_watched_code || !known.needs_store_watch) &&
                  (chosen.off.empty() || chosen.on(known.check->name()));
  }
}

void Checks::select(DecisionKinds active, bool is_recovering) {
  if (!is_any_on_ && listeners_.any == 0) return;
  const bool has_watched_code = MemoryWatch::has_watched_code();
  bool has_changed = false;
  read_loads_ = false;
  for (KnownCheck& known : all_) {
    const Check& check = *known.check;
    const bool stays = is_recovering && known.hooks != 0;
    const bool is_chosen =
        known.is_on && (known.about == 0 || (known.about & active) != 0 || stays);
    const Hooks hooks = is_chosen ? check.wants(check.overridden_) : 0;
    has_changed = has_changed || hooks != known.hooks;
    known.hooks = hooks;
    read_loads_ = read_loads_ || (is_chosen && has_watched_code && check.reads_loads());
  }
  if (!has_changed) return;
  listeners_.clear();
  for (const KnownCheck& known : all_) listeners_.add(*known.check, known.hooks);
}

void Checks::run_begins() {
  if (!is_any_on_) return;
  for (const KnownCheck& known : all_) known.check->run_begins();
}

void Checks::ByHook::clear() {
  for (; any != 0; any &= any - 1) of[static_cast<unsigned>(std::countr_zero(any))].count = 0;
}

void Checks::ByHook::add(Check& check, Hooks to) {
  any |= to;
  for (; to != 0; to &= to - 1) {
    Listeners& listeners = of[static_cast<unsigned>(std::countr_zero(to))];
    listeners.all[listeners.count++] = &check;
  }
}

Checks::OnlyOne::OnlyOne(Checks& checks, Check& check, Hooks to)
    : checks_(checks), listeners_(checks.listeners_) {
  checks.listeners_.clear();
  checks.listeners_.add(check, check.overridden_ & to);
}

}  // namespace reprise
