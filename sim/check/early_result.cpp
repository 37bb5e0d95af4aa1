// A result that is used before it is there: result() asked of a completion that has not finished.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/store_watch/call_stack.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class EarlyResult final : public Check {
 public:
  explicit EarlyResult(RunView& run) : run_(run) {}

  void result_asked_early(const Completion& completion) override {
    if (run_.stopped()) return;
    const Task& task = *run_.current();
    const Identity io = run_.io_of(completion);
    const std::string what = io.name != 0            ? '`' + run_.kind_of_io(io) + '`'
                             : completion.is_group() ? "a group of completions"
                                                     : "a completion";
    const AwaitSite* const site = task.operation.open_site();
    Finding finding;
    finding.check = name();
    finding.signature =
        run_.signature(name(), "result of " + what +
                                   (site == nullptr ? "" : std::string(" in ") + site->expression));
    finding.message = "result() was asked of " + what + ", which has not finished";
    std::string who = "task `" + std::string(run_.names().text(task.name)) + '`';
    if (task.operation.in_entry()) who += ", entry " + std::to_string(task.operation.entries());
    finding.evidence.push_back(std::move(who));
    if (io.name != 0) {
      finding.evidence.push_back('`' + run_.io_in_words(io) + "` is in flight: the answer is 0");
    }
    finding.expected = "a result is asked for when its completion has finished";
    finding.help = "ask finished() first, and yield if it has not; then succeeded()";
    if (run_.memory().running() && run_.logging()) {
      finding.places = own_places_now(run_.debug_info(), "asked here");
    }
    if (site != nullptr && finding.places.empty()) {
      finding.places.push_back({site->file, site->line, "in this call"});
    }
    run_.report(std::move(finding));
  }

 private:
  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_early_result(RunView& run) {
  return make_check<EarlyResult>(run, check_name::early_result);
}

}  // namespace reprise
