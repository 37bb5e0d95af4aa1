#include <reprise/replay/explain.h>

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

namespace {

struct Explanation {
  std::string_view check;
  std::string_view summary;
  std::string_view text;
};

constexpr std::array explanations = {
    Explanation{
        "completion-protocol", "a completion or a group breaks its promises",
        "A completion finishes once, its callback runs once, finished() never goes back, and a "
        "group agrees with its children. This check finds the second finish, the callback that is "
        "lost or runs twice, the group that says \"succeeded\" over a failed child. Let one place "
        "own the completion's end, and let everything else only ask for it."},
    Explanation{
        "crash", "an exception, a signal, an exit, or a run that never ends",
        "The code under test threw an exception out of a task, touched memory that is not its own, "
        "overflowed its stack, aborted, called exit(), or showed no sign of life for the time that "
        "--hang-timeout gives it. The run took place in a process of its own, so the campaign went "
        "on; that the process died is reported whatever --check and --no-check say. The trace runs "
        "up to the death. `replay TRACE --break-at N` in a debugger stops just before "
        "event N."},
    Explanation{
        "determinism", "the same plan, run twice, gave two different runs",
        "A run must depend on its plan and on nothing else, or no finding can be trusted to come "
        "again. Look for time and randomness of the machine, memory that was never initialised, an "
        "order by address (a std::set of pointers, a hash of a pointer), an unordered container "
        "that is iterated, and statics that live from run to run. Use sim.now() and sim.choose(), "
        "ids instead of addresses, and make all state anew in the scenario."},
    Explanation{
        "double-mutation", "state changed before a yield, and again on re-entry",
        "A function changed persistent state and then yielded; it was entered again, came back to "
        "the same await, and on its way made the same change a second time: a counter raised "
        "twice, "
        "an element added twice. Do the change after the await, when the awaited call has said "
        "Done; or move a state of the machine on together with the change, so that re-entry takes "
        "another way. Locals, and changes undone before the yield, are not meant."},
    Explanation{
        "invariant", "what the scenario says must hold did not",
        "A condition of sim.always(), sim.finally() or sim.expect() was false, or a call within "
        "EXPECT_NO_IO() yielded. The report shows which one and after which event; the smallest "
        "history shows what led to it. Conditions of always() hold after every event, also between "
        "the steps of an operation: if one may be broken for a moment, check it at rest with "
        "finally() instead."},
    Explanation{
        "progress", "a deadlock, an endless run, or a spin without progress",
        "Either tasks wait and nothing is in flight that could wake them: a completion that nobody "
        "finishes, a lock that nobody gives back, a wake that came before its wait. Or operations "
        "are entered again and again with nothing delivered in between: a loop of explicit yields, "
        "a wait for a completion that has finished already. The report says who waits for what."},
    Explanation{
        "schedule-equivalence", "an operation that runs alone depends on when its I/O finishes",
        "With the same workload and no faults, an operation must give the same result and leave "
        "the "
        "same state whether its I/O finishes at once, late, or with yields in between. It did not: "
        "state was advanced too early or not at all, progress was lost over a yield, or a call "
        "that "
        "had said Done was made again. Look at what the report says differs, and at what the "
        "function does before the await where the two runs part. If results may differ for a good "
        "reason, say results_depend_on_timing() in the scenario."},
    Explanation{
        "spurious-re-entry", "entered with nothing finished, a machine changed something",
        "A machine that waits and is entered although nothing has finished must only say IO again: "
        "same wait, no new I/O, no change. This one went on or submitted again. Ask finished() "
        "first."},
};

// Words that people look for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> other_words = {
    {{"deadlock", "progress"}, {"livelock", "progress"}}};

const Explanation* find(std::string_view check) {
  for (const auto& [word, meant] : other_words) {
    if (check == word) check = meant;
  }
  const auto at = std::ranges::find(explanations, check, &Explanation::check);
  return at == explanations.end() ? nullptr : &*at;
}

}  // namespace

std::string_view explained_check(std::string_view word) {
  const Explanation* const known = find(word);
  return known == nullptr ? std::string_view{} : known->check;
}

std::string_view explanation_of(std::string_view check) {
  const Explanation* const known = find(check);
  return known == nullptr ? std::string_view{} : known->text;
}

std::string_view summary_of(std::string_view check) {
  const Explanation* const known = find(check);
  return known == nullptr ? std::string_view{} : known->summary;
}

}  // namespace reprise
