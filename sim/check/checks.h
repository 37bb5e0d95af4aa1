// Checks: the checks of a world. It knows which of them listen to what in the run under way, and
// tells them.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace reprise {

/// The hook of a function of Check.
template <auto call>
struct HookOf;
#define REPRISE_HOOK(call)                    \
  template <>                                 \
  struct HookOf<&Check::call> {               \
    static constexpr Hook value = Hook::call; \
  };
REPRISE_HOOKS(REPRISE_HOOK)
#undef REPRISE_HOOK

/// A check, and what it always says of itself.
struct KnownCheck {
  std::unique_ptr<Check> check;
  DecisionKinds about;
  bool needs_store_watch;
  bool is_on;   // in this run
  Hooks hooks;  // that it listens to
};

class Checks {
 private:
  static constexpr std::size_t checks_max = 32;
  struct Listeners {
    std::uint32_t count = 0;
    std::array<Check*, checks_max> all{};

    std::span<Check* const> span() const { return {all.data(), count}; }
  };
  struct ByHook {
    Hooks any = 0;  // those that somebody listens to
    std::array<Listeners, static_cast<std::size_t>(Hook::count)> of{};

    const Listeners& operator[](Hook hook) const { return of[static_cast<std::size_t>(hook)]; }
    void clear();
    void add(Check& check, Hooks to);
  };

 public:
  /// Makes them all. `run` must outlive them.
  explicit Checks(RunView& run);

  /// Chooses those that have something to look at; `active` are the kinds of decisions that the run
  /// may make. While a node recovers, which is for a time only, those chosen before stay chosen:
  /// the operations of other nodes go on, and a check must see all of an operation or nothing.
  void select(DecisionKinds active, bool is_recovering);
  /// A run begins: which checks are on, and what code is watched, may have changed.
  void look_at_options();
  /// Tells all of them, since one that has nothing to look at yet may have later.
  void run_begins();

  bool wants(Hook hook) const { return (listeners_.any & hooks(hook)) != 0; }
  /// Whether one of those chosen reads loads.
  bool read_loads() const { return read_loads_; }

  /// Calls this function of those that listen to it: tell<&Check::entry_begins>(task).
  template <auto call, class... Arguments>
  void tell(const Arguments&... arguments) {
    if (!wants(HookOf<call>::value)) return;
    const MemoryWatch::Quiet quiet;
    for (Check* const check : listeners_[HookOf<call>::value].span()) (check->*call)(arguments...);
  }
  /// Whether all that listen say yes; each of them is asked.
  template <auto call, class... Arguments>
  bool ask(const Arguments&... arguments) {
    const MemoryWatch::Quiet quiet;
    bool all = true;
    for (Check* const check : listeners_[HookOf<call>::value].span()) {
      all = (check->*call)(arguments...) && all;
    }
    return all;
  }

  /// Guard: while it lives, only `check` listens, and only to `to`.
  class OnlyOne {
   public:
    OnlyOne(Checks& checks, Check& check, Hooks to);
    OnlyOne(const OnlyOne&) = delete;
    OnlyOne& operator=(const OnlyOne&) = delete;
    ~OnlyOne() { checks_.listeners_ = listeners_; }

   private:
    Checks& checks_;
    ByHook listeners_;
  };

 private:
  RunView& run_;
  std::vector<KnownCheck> all_;  // in their order of precedence
  bool is_any_on_ = false;
  ByHook listeners_;
  bool read_loads_ = false;
};

}  // namespace reprise
