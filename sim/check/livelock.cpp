// Livelock: turns upon turns after explicit yields, and no I/O is delivered.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/repeated_states.h>
#include <reprise/sim/evidence/standstill.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace reprise {

namespace {

constexpr std::uint64_t few_turns = 16;  // not worth any book-keeping

class Livelock final : public Check {
 public:
  explicit Livelock(RunView& run) : run_(run), repeated_(run) {}

  Hooks wants(Hooks overridden) const override {
    return repeated_.has_state() ? overridden : overridden & ~hooks(Hook::stored);
  }

  void run_begins() override {
    turns_ = 0;
    finished_ = 0;
    ended_ = 0;
    repeated_.begin();
  }

  void stored(TaskId, std::size_t, const Store& store) override { repeated_.stored(store); }

  void yielded_turn_done(TaskId task) override {
    // Also an I/O that completes at submit, and what one task finishes for another.
    if (finished_ != run_.completions_finished()) turns_ = 0;
    finished_ = run_.completions_finished();
    ++turns_;
    // Something else has happened since the last such turn.
    if (run_.yields_in_a_row() == 1 || ended_ != run_.operations_ended()) repeated_.news();
    ended_ = run_.operations_ended();
    // While something is in flight it is the strategy that lets others go first.
    const bool is_idle = !run_.has_io_in_flight() && !run_.has_timers();
    if (turns_ > few_turns && is_idle && !run_.stopped()) look(task);
  }

 private:
  void look(TaskId turn_of) {
    std::string message;
    if (turns_ > run_.options().entries_without_delivery_max) {
      message = std::to_string(turns_) +
                " turns after explicit yields in a row, and no I/O was delivered";
    } else if (run_.memory().has_changed_memory()) {
      repeated_.news();
      return;
    } else if (repeated_.look(turn_of) >= run_.options().repeated_rounds_max) {
      const std::size_t size = repeated_.size();
      message = "after explicit yields, " +
                (size == 1 ? std::string("the same state")
                           : "the same " + std::to_string(size) + " states") +
                " came back " + std::to_string(run_.options().repeated_rounds_max) +
                " times, and no I/O was delivered";
    } else {
      return;
    }
    run_.report(finding_of_all(
        run_, name(),
        {"livelock", message, "between one yield and the next, somebody gets on with their work",
         "a task that waits for another must wait on a completion that the other finishes, or let "
         "it run"}));
  }

  RunView& run_;
  RepeatedStates repeated_;
  std::uint64_t turns_ = 0;     // after explicit yields, since anything was finished
  std::uint64_t finished_ = 0;  // completions, at the last of them
  std::uint64_t ended_ = 0;     // operations, likewise
};

}  // namespace

std::unique_ptr<Check> make_livelock(RunView& run) {
  return make_check<Livelock>(run, check_name::livelock);
}

}  // namespace reprise
