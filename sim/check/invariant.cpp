// Whatever the scenario says must hold: always, at the end; and its goals, sometimes.
#include <reprise/sim/check/list.h>
#include <reprise/sim/evidence/last_stores.h>
#include <reprise/sim/world/world.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class Invariant final : public Check {
 public:
  explicit Invariant(World& world) : world_(world), last_stores_(world) {}

  std::string_view name() const override { return check_name::invariant; }
  Hooks wants() const override {
    // Whose report is read: it says where what a property reads was changed.
    const Hooks of_stores = world_.logging() ? hooks(Hook::run, Hook::entry) : Hooks{0};
    return hooks(Hook::event, Hook::quiescence) | of_stores;
  }

  void run_begins() override { last_stores_.begin(); }
  void entry_ends(TaskId task, Answer, const Completion&) override { last_stores_.take(task); }

  void event_done(Event) override {
    if (world_.stopped()) return;
    // By number: a property may add another, a goal that is reached.
    for (std::size_t i = 0; i < world_.declared().properties.size(); ++i) {
      Property& property = world_.declared().properties[i];
      if (property.kind == Property::Kind::always) {
        if (!property.holds()) report(property, "no longer holds", "holds after every event");
      } else if (property.kind == Property::Kind::sometimes && !property.reached) {
        const bool reached = property.holds();
        world_.declared().properties[i].reached = reached;
      }
    }
  }

  void quiescence() override {
    for (std::size_t i = 0; i < world_.declared().properties.size(); ++i) {
      if (world_.stopped()) return;
      const Property& property = world_.declared().properties[i];
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
    finding.signature = world_.signature(name(), property.name);
    finding.message = "\"" + property.name + "\" " + std::string(how);
    finding.expected = "\"" + property.name + "\" " + std::string(expected);
    last_stores_.show(finding, property, property.kind == Property::Kind::always);
    world_.report(std::move(finding));
  }

  World& world_;
  LastStores last_stores_;
};

}  // namespace

std::unique_ptr<Check> make_invariant(World& world) { return make_check<Invariant>(world); }

}  // namespace reprise
