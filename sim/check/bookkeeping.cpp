// Two accounts of one thing, which the scenario has named with sim.agree(), agree whenever an entry
// is over. An entry that has found them apart is to blame only if nobody else is about to go on who
// may yet put that right: what a delivery changes, the operation that waited for it accounts for.
#include <reprise/sim/check/asking.h>
#include <reprise/sim/check/list.h>
#include <reprise/sim/world.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class Bookkeeping final : public Check {
 public:
  explicit Bookkeeping(World& world) : world_(world) {}

  std::string_view name() const override { return "bookkeeping"; }
  Hooks wants() const override {
    return world_.claims().agreements.empty() ? 0 : hooks(Hook::entry);
  }

  void entry_begins(TaskId) override { stretch_begins(); }
  void clean_up_begins(const Whereabouts&, const Ending&) override { stretch_begins(); }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    stretch_ends(whereabouts_of(world_.task(task)), "an entry was over",
                 [&](const Whereabouts& at) {
                   if (answer == Answer::io) return yield_in_words(world_, at);
                   const Ending::Kind kind =
                       answer == Answer::done ? Ending::Kind::done : Ending::Kind::error;
                   return "in entry " + std::to_string(at.entry) + ", with which it " +
                          in_words(Ending{kind, world_.task(task).error});
                 });
  }

  void operation_over(const Whereabouts& operation, const Ending& ending) override {
    if (!ending.is_dropped()) return;  // its last entry has been looked at
    stretch_ends(operation, "its clean-up was over", [&](const Whereabouts&) {
      return "it " + in_words(ending) + ", and was cleaned up";
    });
  }

 private:
  struct Said {
    bool one = false;
    bool other = false;

    bool agree() const { return one == other; }
  };

  Said ask(const Agreement& agreement) const {
    const Asking asking;
    return {agreement.one.holds(), agreement.other.holds()};
  }

  void stretch_begins() {
    const std::vector<Agreement>& agreements = world_.claims().agreements;
    agreed_.assign(agreements.size(), true);
    if (world_.stopped()) return;
    for (std::size_t i = 0; i < agreements.size(); ++i) agreed_[i] = ask(agreements[i]).agree();
  }

  template <class HowItWent>
  void stretch_ends(const Whereabouts& at, const char* when, HowItWent how_it_went) {
    const std::vector<Agreement>& agreements = world_.claims().agreements;
    agreed_.resize(agreements.size(), true);
    for (std::size_t i = 0; i < agreements.size(); ++i) {
      if (world_.stopped()) return;
      const Said said = ask(agreements[i]);
      if (said.agree() || (!agreed_[i] && another_goes_on(at.task))) continue;
      Finding finding = found(agreements[i], said, when);
      finding.evidence.push_back(operation_in_words(world_, at) + ": " + how_it_went(at));
      finding.evidence.push_back(agreed_[i] ? "they agreed when that began"
                                            : "they did not agree when that began, either");
      show_place(finding, at, "it yielded here last");
      world_.report(std::move(finding));
    }
  }

  /// Whether the operation of another task has what it waited for, and has not been entered since.
  bool another_goes_on(TaskId task) {
    for (TaskId i = 0; i < world_.task_count(); ++i) {
      const Completion& awaited = world_.task(i).waits_for;
      if (i == task || !awaited || awaited.is_explicit_yield()) continue;
      if (internal::Peek(awaited).finished()) return true;
    }
    return false;
  }

  Finding found(const Agreement& agreement, Said said, const std::string& when) const {
    const auto says = [](const Agreement::Account& account, bool holds) {
      return '"' + account.name + (holds ? "\" is true" : "\" is false");
    };
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), agreement.one.name + " / " + agreement.other.name);
    finding.message = says(agreement.one, said.one) + ", but " + says(agreement.other, said.other) +
                      ", when " + when;
    finding.expected = "both say the same whenever an entry is over, and after each clean-up";
    finding.help =
        "change both in the same entry, on each way out of it: before a yield, at every Err, and "
        "where the operation is dropped";
    return finding;
  }

  World& world_;
  std::vector<bool> agreed_;  // as Claims::agreements: when what goes on now began
};

}  // namespace

std::unique_ptr<Check> make_bookkeeping(World& world) {
  return std::make_unique<Bookkeeping>(world);
}

}  // namespace reprise
