// Strategy: makes every decision of a run. Three duties: begin a run, choose a value for a
// decision, say which event is next. It owns the pool of enabled events. A new search is one file
// in strategy/ and one factory below; strategies may wrap each other (recording does).
#pragma once

#include <reprise/core/time.h>
#include <reprise/sim/plan/identity.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/strategy/profile.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace reprise {

/// The calm order: all of one rank before the next; within a rank, first enabled, first served.
enum class Rank : std::uint8_t {
  wake,     // a task's first turn, or one that a finished completion has set going
  device,   // an effect or a delivery
  yielded,  // a task's turn after an explicit yield
  timer,    // the earliest timer
};

/// Something that can happen next.
struct Event {
  Identity identity;
  Rank rank = Rank::wake;
  std::uint32_t slot = no_slot;  // the world's own number of the task or I/O

  static constexpr std::uint32_t no_slot = UINT32_MAX;
  bool none() const { return slot == no_slot; }
};
static_assert(sizeof(Event) == 16, "an event travels in two registers");

/// A decision about to be made: `value` in [0, arity), 0 is calm.
struct Decision {
  Identity identity;
  std::uint32_t arity = 2;
};

/// The clock and its earliest timer; the timer's event is always enabled, outside the pool.
struct Timers {
  Instant now;
  Instant deadline;
  Event earliest;  // none() if no timer is armed
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  /// A run begins; the pool is empty. `names` outlives the run.
  virtual void begin(const Names& names) = 0;
  /// The base of this run. REQUIRES: begin() was called.
  virtual Base base() const = 0;
  /// The decisions that may get another value than 0 in this run. Others are not put to choose().
  virtual DecisionKinds active() const = 0;
  virtual std::uint32_t choose(Decision decision) = 0;
  virtual void enable(Event event) = 0;
  /// Takes the next event out of the pool, or gives `timers.earliest`. none() if there is neither.
  virtual Event next(const Timers& timers) = 0;
};

/// The base's own run: every decision 0, every event in calm order.
std::unique_ptr<Strategy> make_calm_strategy(Base base);

/// How a random strategy picks the next event.
enum class RandomOrder : std::uint8_t {
  uniform,   // any enabled event, each equally likely
  latencies  // each I/O gets a latency; the earliest first
};
struct RandomOptions {
  RandomOrder order = RandomOrder::uniform;
  bool swarm = true;  // each fault family off with probability one half, per run
};

/// Draws everything from a seed, at the profile's rates.
class RandomStrategy : public Strategy {
 public:
  /// Sets the seed of the next run.
  virtual void reseed(std::uint64_t seed) = 0;
};
std::unique_ptr<RandomStrategy> make_random_strategy(const Profile& profile,
                                                     RandomOptions options = {});

/// Follows a plan, and counts where the run did not meet it.
class PlanStrategy : public Strategy {
 public:
  /// Indexes into the plan's decisions and order.
  virtual std::vector<std::size_t> decisions_not_reached() const = 0;
  /// Decisions reached whose value the run has no meaning for; taken as 0.
  virtual std::vector<std::size_t> decisions_out_of_range() const = 0;
  /// The range that such a decision has: values 0 .. arity - 1.
  virtual std::uint32_t arity_of(std::size_t decision) const = 0;
  /// Events given up because nothing else could run, or never enabled.
  virtual std::vector<std::size_t> order_not_reached() const = 0;
};
/// `plan` is copied. Identities that do not parse are never reached.
std::unique_ptr<PlanStrategy> make_plan_strategy(const Plan& plan);

/// What a run was asked, and what it answered: enough to make its plan, or all of its neighbours.
struct RecordedDecision {
  Identity identity;
  std::uint32_t value = 0;
  std::uint32_t arity = 0;
  std::size_t events_before = 0;  // how many had been picked when it was asked
};
struct RecordedEvent {
  Identity identity;
  // Into Recording::alternatives.
  std::size_t first_alternative = 0;
  std::size_t alternative_count = 0;
};
struct Recording {
  Base base = Base::sync;
  std::vector<RecordedDecision> decisions;  // with `alternatives` all, else only those not 0
  std::vector<RecordedEvent> events;
  std::vector<Identity> alternatives;
  /// If the run was stopped: what had been enabled, in that order, the earliest timers included.
  std::vector<Identity> enabled;

  /// Others that were enabled when `event`, one of `events`, was picked (only with `alternatives`),
  /// in calm order.
  std::span<const Identity> alternatives_of(const RecordedEvent& event) const {
    return {alternatives.data() + event.first_alternative, event.alternative_count};
  }

  /// Decisions that are not calm, and every event; then those that a stopped run left enabled, so
  /// that they are held back in a replay.
  Plan plan(const Names& names) const;
};
struct RecordingOptions {
  bool alternatives = false;          // also what could have happened instead, and all kinds asked
  std::size_t alternatives_max = 64;  // per event
};

/// Records what `inner` does. Both references must outlive it; begin() clears the recording.
std::unique_ptr<Strategy> make_recording_strategy(Strategy& inner, Recording& recording,
                                                  RecordingOptions options = {});

/// A calm run of the base `sync` that answers workload choices as `workload` has them, and runs its
/// tasks one after the other. `workload` must outlive it.
std::unique_ptr<Strategy> make_reference_strategy(const std::vector<RecordedDecision>& workload);

}  // namespace reprise
