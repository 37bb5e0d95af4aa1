// Whatever the scenario says must hold: always, at the end; and its goals, sometimes.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/last_stores.h>
#include <reprise/sim/evidence/run_view.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class Invariant final : public Check {
 public:
  explicit Invariant(RunView& run) : run_(run), last_stores_(run) {}

  Hooks wants(Hooks overridden) const override {
    if (run_.declared().properties.empty()) return overridden & life_hooks;
    // Whose report is read: it says where what a property reads was changed.
    return run_.logging() ? overridden : overridden & ~hooks(Hook::entry_ends);
  }

  void run_begins() override { last_stores_.begin(); }
  void entry_ends(TaskId task, Answer, const Completion&) override { last_stores_.take(task); }

  void event_done(Event) override {
    if (run_.stopped() || run_.is_recovering()) return;
    // By number: a property may add another, a goal that is reached.
    std::vector<Property>& properties = run_.declared().properties;
    for (std::size_t i = 0; i < properties.size(); ++i) {
      const Property& property = properties[i];
      if (property.kind == Property::Kind::always) {
        if (!property.holds()) report(property, "no longer holds", "holds after every event");
      } else if (property.kind == Property::Kind::sometimes && !property.reached) {
        const bool reached = property.holds();
        properties[i].reached = reached;
      }
    }
  }

  void quiescence() override {
    for (std::size_t i = 0; i < run_.declared().properties.size(); ++i) {
      if (run_.stopped()) return;
      const Property& property = run_.declared().properties[i];
      if (property.kind != Property::Kind::finally) continue;
      if (!property.holds()) {
        report(property, "does not hold at the end", "holds when nothing can happen any more");
      }
    }
  }

 private:
  void report(const Property& property, std::string_view how, std::string_view expected) {
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), property.name);
    finding.message = "\"" + property.name + "\" " + std::string(how);
    finding.expected = "\"" + property.name + "\" " + std::string(expected);
    last_stores_.show(finding, property, property.kind == Property::Kind::always);
    run_.report(std::move(finding));
  }

  RunView& run_;
  LastStores last_stores_;
};

}  // namespace

std::unique_ptr<Check> make_invariant(RunView& run) {
  return make_check<Invariant>(run, check_name::invariant);
}

}  // namespace reprise
