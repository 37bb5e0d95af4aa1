// A machine that is used again is as new after each operation. Seen by the store watch, in objects
// that the scenario has named with sim.idle().
#include <reprise/sim/check/list.h>
#include <reprise/sim/check/seen_access.h>
#include <reprise/sim/world.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class IdleState final : public Check {
 public:
  explicit IdleState(World& world) : world_(world) {}

  std::string_view name() const override { return "idle-state"; }
  Hooks wants() const override { return hooks(Hook::run, Hook::entry, Hook::event); }

  void run_begins() override {
    objects_.clear();
    dropped_.clear();
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    if (waits_.size() <= task) waits_.resize(task + 1);
    waits_[task] = answer == Answer::io;
    if (!world_.memory().running() || world_.claims().idle.empty()) return;
    objects_.resize(world_.claims().idle.size());
    for (const MemoryAccess& store : world_.memory().stores()) note(task, store);
  }

  void operation_ends(TaskId task) override {
    for (Object& object : objects_) object.users.erase(task);
    // Dropped without an answer, it is cleaned up behind this; that may take another operation.
    if (task < waits_.size() && waits_[task]) dropped_.insert(task);
  }

  void operation_begins(TaskId) override { look_at_all(); }
  void event_done(Event) override {
    std::erase_if(dropped_, [&](TaskId task) { return !world_.task(task).in_operation; });
    look_at_all();
  }

 private:
  /// What the last operation that stored to a byte of it left.
  struct Byte {
    std::uint8_t before = 0;  // when the object was idle
    MemoryAccess store;       // the last one
  };
  struct Object {
    std::set<TaskId> users;  // operations under way that have stored into it
    std::map<std::uintptr_t, Byte> bytes;
  };

  void note(TaskId task, const MemoryAccess& store) {
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      const IdleObject& named = world_.claims().idle[i];
      if (store.freed || !store.overlaps(named.begin, named.size)) continue;
      Object& object = objects_[i];
      object.users.insert(task);
      const std::uintptr_t begin = std::max(store.address, named.begin);
      const std::uintptr_t end = std::min(store.address + store.size, named.begin + named.size);
      for (std::uintptr_t at = begin; at < end; ++at) {
        const auto [byte, is_new] = object.bytes.try_emplace(at);
        if (is_new) byte->second.before = world_.memory().byte_before_entry(at);
        byte->second.store = store;
      }
    }
  }

  void look_at_all() {
    if (!dropped_.empty()) return;
    for (std::size_t i = 0; i < objects_.size(); ++i) {
      Object& object = objects_[i];
      if (object.bytes.empty() || !object.users.empty()) continue;
      for (const auto& [at, byte] : object.bytes) {
        if (world_.stopped()) break;
        if (MemoryWatch::peek(at, 1) != byte.before) report(world_.claims().idle[i], byte.store);
      }
      object.bytes.clear();
    }
  }

  void report(const IdleObject& object, const MemoryAccess& store) {
    const MemoryWatch::Quiet quiet;
    const SeenAccess seen(world_, store);
    if (seen.is_benign()) return;
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), object.name);
    finding.message = seen.variable_or('`' + object.name + '`') +
                      " is not as it was before the operation, though the operation is over";
    finding.expected = '`' + object.name + "` is as new after each operation";
    finding.help =
        "put back what the operation has set on each way out: Done, every Err, and where it is "
        "dropped; or leave out of sim.idle() what may stay";
    if (auto place = seen.place("set here last")) finding.places.push_back(*std::move(place));
    world_.report(std::move(finding));
  }

  World& world_;
  std::vector<Object> objects_;  // as Claims::idle
  std::vector<bool> waits_;      // by task: its last entry answered IO
  std::set<TaskId> dropped_;     // tasks that clean up what was dropped
};

}  // namespace

std::unique_ptr<Check> make_idle_state(World& world) { return std::make_unique<IdleState>(world); }

}  // namespace reprise
