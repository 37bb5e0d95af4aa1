// Two accounts of one thing, which the scenario has named with sim.agree(), agree whenever an entry
// is over. An entry that has found them apart is to blame only if nobody else is about to go on who
// may yet put that right: what a delivery changes, the operation that waited for it accounts for.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/unobserved_scope.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class Bookkeeping final : public Check {
 public:
  explicit Bookkeeping(RunView& run) : run_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().agreements.empty() ? 0 : overridden;
  }

  void entry_begins(TaskId) override { stretch_begins(); }
  void clean_up_begins(const OperationRef&, const OperationEnd&) override { stretch_begins(); }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    stretch_ends([&] { return operation_ref_of(run_.task(task)); }, "an entry was over",
                 [&](const OperationRef& at) {
                   if (answer == Answer::io) return yield_in_words(run_, at);
                   const OperationEnd::Kind kind = answer == Answer::done
                                                       ? OperationEnd::Kind::done
                                                       : OperationEnd::Kind::error;
                   return "in entry " + std::to_string(at.entry) + ", with which it " +
                          to_text(OperationEnd{kind, run_.task(task).error});
                 });
  }

  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    if (!ending.is_dropped()) return;  // its last entry has been looked at
    stretch_ends(
        [&] { return operation; }, "its clean-up was over",
        [&](const OperationRef&) { return "it " + to_text(ending) + ", and was cleaned up"; });
  }

 private:
  struct Apart {
    std::size_t agreement = 0;  // in Declared::agreements
    bool one = false;           // what it says, and the other not
  };

  void stretch_begins() {
    apart_.clear();
    if (run_.stopped()) return;
    apart_ = apart_now();
  }

  /// Those that do not agree now: as a rule none.
  std::vector<Apart> apart_now() const {
    const UnobservedScope unobserved;
    const std::vector<Agreement>& agreements = run_.declared().agreements;
    std::vector<Apart> apart;
    for (std::size_t i = 0; i < agreements.size(); ++i) {
      const bool one = agreements[i].one.holds();
      if (one != agreements[i].other.holds()) apart.push_back({i, one});
    }
    return apart;
  }

  template <class Where, class HowItWent>
  void stretch_ends(Where where, const char* when, HowItWent how_it_went) {
    if (run_.stopped()) return;
    for (const Apart& apart : apart_now()) {
      if (run_.stopped()) return;
      const bool were_apart =
          std::ranges::find(apart_, apart.agreement, &Apart::agreement) != apart_.end();
      const OperationRef at = where();
      if (were_apart && another_goes_on(at.task)) continue;
      Finding finding = found(apart, when);
      finding.evidence.push_back(operation_in_words(run_, at) + ": " + how_it_went(at));
      finding.evidence.push_back(were_apart ? "they did not agree when that began, either"
                                            : "they agreed when that began");
      show_place(finding, at, "it yielded here last");
      run_.report(std::move(finding));
    }
  }

  /// Whether the operation of another task has what it waited for, and has not been entered since.
  bool another_goes_on(TaskId task) {
    for (TaskId i = 0; i < run_.task_count(); ++i) {
      const Completion& awaited = run_.task(i).waits_for;
      if (i == task || !awaited || awaited.is_explicit_yield()) continue;
      if (internal::Peek(awaited).finished()) return true;
    }
    return false;
  }

  Finding found(const Apart& apart, const std::string& when) const {
    const Agreement& agreement = run_.declared().agreements[apart.agreement];
    const auto says = [](const Agreement::Account& account, bool holds) {
      return '"' + account.name + (holds ? "\" is true" : "\" is false");
    };
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), agreement.one.name + " / " + agreement.other.name);
    finding.message = says(agreement.one, apart.one) + ", but " +
                      says(agreement.other, !apart.one) + ", when " + when;
    finding.expected = "both say the same whenever an entry is over, and after each clean-up";
    finding.help =
        "change both in the same entry, on each way out of it: before a yield, at every Err, and "
        "where the operation is dropped";
    return finding;
  }

  RunView& run_;
  std::vector<Apart> apart_;  // when what goes on now began
};

}  // namespace

std::unique_ptr<Check> make_bookkeeping(RunView& run) {
  return make_check<Bookkeeping>(run, check_name::bookkeeping);
}

}  // namespace reprise
