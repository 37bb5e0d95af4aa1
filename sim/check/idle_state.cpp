// A machine that is used again is as new after each operation: an object that the scenario has
// named with sim.idle() is as it was when it was named, whenever no operation is under way. By its
// describe(), if its type has one. Else the store watch sees what each operation has left, or,
// where there is none, a digest or the object's bytes must do.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/described_state.h>
#include <reprise/sim/evidence/operation_words.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class IdleState final : public Check {
 public:
  explicit IdleState(RunView& run) : run_(run) {}

  Hooks wants(Hooks overridden) const override {
    return run_.declared().idle.empty() ? overridden & life_hooks : overridden;
  }

  void run_begins() override {
    objects_.clear();
    over_.clear();
    cleaning_ = 0;
  }
  void events_begin() override { know_all(); }
  void power_lost(NodeId) override { run_begins(); }

  void entry_ends(TaskId task, Answer, const Completion&) override {
    if (!run_.memory().running()) return;
    know_all();
    for (const MemoryAccess& store : run_.memory().stores()) note(task, store);
  }

  void clean_up_begins(const OperationRef&, const OperationEnd&) override { ++cleaning_; }
  void operation_over(const OperationRef& operation, const OperationEnd& ending) override {
    if (ending.is_dropped() && cleaning_ > 0) --cleaning_;
    for (Object& object : objects_) object.users.erase(operation.task);
    if (over_.size() == over_max) over_.erase(over_.begin());
    over_.push_back({operation, ending});
  }

  // A scenario's own code may still tidy up between the end of an operation and what comes next.
  void operation_begins(TaskId) override { look_at_all(); }
  void event_done(Event) override { look_at_all(); }

 private:
  /// What the last operation that stored to a byte of it left.
  struct Byte {
    std::uint8_t before = 0;  // when the object was idle
    MemoryAccess store;       // the last one
  };
  struct Object {
    DescribedState as_new;  // where it is described
    // Where its stores are watched.
    std::set<TaskId> users;  // operations under way that have stored into it
    std::map<std::uintptr_t, Byte> bytes;
  };
  struct Over {
    OperationRef operation;
    OperationEnd ending;
  };
  static constexpr std::size_t over_max = 4;  // more tell the reader no more

  bool is_described(const IdleObject& object) const {
    return object.describe && (object.is_own_describe || !run_.memory().running());
  }

  /// What has been named since the last time is as new now.
  void know_all() {
    const std::vector<IdleObject>& idle = run_.declared().idle;
    for (std::size_t i = objects_.size(); i < idle.size(); ++i) {
      objects_.emplace_back();
      if (is_described(idle[i])) objects_[i].as_new.take(idle[i].describe, run_.logging());
    }
  }

  void note(TaskId task, const MemoryAccess& store) {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const IdleObject& named = run_.declared().idle[i];
      if (is_described(named) || store.freed || !store.overlaps(named.begin, named.size)) continue;
      Object& object = objects_[i];
      object.users.insert(task);
      const std::uintptr_t begin = std::max(store.address, named.begin);
      const std::uintptr_t end = std::min(store.address + store.size, named.begin + named.size);
      for (std::uintptr_t at = begin; at < end; ++at) {
        const auto [byte, is_new] = object.bytes.try_emplace(at);
        if (is_new) byte->second.before = run_.memory().byte_before_entry(at);
        byte->second.store = store;
      }
    }
  }

  void look_at_all() {
    know_all();
    const bool is_quiet = run_.operations_under_way() == 0;
    const bool is_due = is_quiet && !over_.empty();
    if (!is_due && !run_.memory().running()) return;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      if (run_.stopped()) return;
      const IdleObject& object = run_.declared().idle[i];
      if (object.task && run_.task(*object.task).state == Task::State::done) continue;
      if (!is_described(object)) {
        if (cleaning_ == 0) look_at_bytes(object, objects_[i]);
      } else if (is_due) {
        look_at_description(object, objects_[i]);
      }
    }
    if (is_quiet) over_.clear();
  }

  void look_at_bytes(const IdleObject& named, Object& object) {
    if (object.bytes.empty() || !object.users.empty()) return;
    for (const auto& [at, byte] : object.bytes) {
      if (run_.stopped()) break;
      if (MemoryWatch::peek(at, 1) == byte.before || !is_state(named, object, at)) continue;
      report(named, byte.store);
    }
    object.bytes.clear();
  }

  /// Whether the byte at `at`, which has changed, is part of what the machine may go by. In doubt
  /// it is not.
  bool is_state(const IdleObject& named, const Object& object, std::uintptr_t at) const {
    const void* function = nullptr;
    for (const NamedObject& known : run_.known_objects()) {
      const bool is_it =
          reinterpret_cast<std::uintptr_t>(known.object) == named.begin && known.name == named.name;
      if (is_it) function = known.function;
    }
    const ObjectLayout* const layout =
        function == nullptr ? nullptr : &run_.debug_info().layout_of(function);
    // Without debug information, if the type's bytes say all.
    if (layout == nullptr || !layout->is_known) return static_cast<bool>(named.describe);
    const auto now = [&](std::uint32_t offset, std::uint32_t size) {
      return MemoryWatch::peek(named.begin + offset, size);
    };
    const auto before = [&](std::uint32_t offset, std::uint32_t size) {
      std::uint64_t value = now(offset, size);
      for (std::uint32_t i = 0; i < size; ++i) {
        const auto byte = object.bytes.find(named.begin + offset + i);
        if (byte == object.bytes.end()) continue;
        const unsigned shift = 8 * i;
        value = (value & ~(std::uint64_t{0xff} << shift)) |
                (std::uint64_t{byte->second.before} << shift);
      }
      return value;
    };
    return layout->is_changed_state(static_cast<std::uint32_t>(at - named.begin), named.begin,
                                    before, now);
  }

  void look_at_description(const IdleObject& named, const Object& object) {
    now_.take(named.describe, run_.logging());
    if (now_.same_as(object.as_new)) return;
    const std::vector<std::string> changes = now_.changes(object.as_new, named.name);
    Finding finding = found(named);
    finding.message =
        (changes.empty() ? '`' + named.name + "` is not as it was" : changes.front()) +
        (named.task ? " when it was named" : " when the run began") +
        ", though no operation is under way";
    for (std::size_t i = 1; i < changes.size(); ++i) finding.evidence.push_back(changes[i]);
    for (const Over& over : over_) {
      const std::string where = site_in_words(run_, over.operation);
      finding.evidence.push_back(
          operation_in_words(run_, over.operation) + ' ' + to_text(over.ending) + ", after " +
          entries_in_words(over.operation) + (where.empty() ? "" : "; it yielded last" + where));
    }
    show_place(finding, over_.back().operation, "the last operation yielded here last");
    run_.report(std::move(finding));
  }

  Finding found(const IdleObject& object) const {
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), object.name);
    finding.expected = '`' + object.name + "` is as new after each operation";
    finding.help =
        "put back what the operation has set on each way out: Done, every Err, and where it is "
        "dropped; or leave out of sim.idle(), or of describe(), what may stay";
    return finding;
  }

  void report(const IdleObject& object, const MemoryAccess& store) {
    const MemoryWatch::Quiet quiet;
    const SeenAccess seen(run_, store);
    if (seen.is_benign()) return;
    Finding finding = found(object);
    finding.message = seen.variable_or('`' + object.name + '`') +
                      " is not as it was before the operation, though the operation is over";
    if (auto place = seen.place("set here last")) finding.places.push_back(*std::move(place));
    run_.report(std::move(finding));
  }

  RunView& run_;
  std::vector<Object> objects_;  // as Declared::idle
  std::vector<Over> over_;       // the last operations that ended since none was under way
  DescribedState now_;           // kept for its memory
  std::uint32_t cleaning_ = 0;   // operations that were dropped and are not over
};

}  // namespace

std::unique_ptr<Check> make_idle_state(RunView& run) {
  return make_check<IdleState>(run, check_name::idle_state);
}

}  // namespace reprise
