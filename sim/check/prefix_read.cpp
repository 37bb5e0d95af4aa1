// A value that is read before an await, and read again on re-entry, when the awaited call has moved
// it: what follows the await acts on another thing than what was awaited. Often meant so: a note.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// A value read on the way to an await, and the store of the awaited call that has moved it.
struct MovedMemory {
  MemoryAccess load, store;
};

/// The same read, in the entry after.
struct ReadAgain {
  MovedMemory moved;
  std::size_t level = 0;
  std::size_t stores_before = 0;  // stores of this entry before the awaited call said Done
  bool is_done = false;           // it did
};

/// A site that has said Done in the entry under way, and how much had been loaded and stored by
/// then.
struct Passed {
  const AwaitSite* site = nullptr;
  std::size_t level = 0;
  std::size_t loads = 0;
  std::size_t stores = 0;
};

class PrefixRead final : public Check {
 public:
  explicit PrefixRead(RunView& run) : run_(run) {}

  bool reads_loads() const override { return true; }
  bool needs_store_watch() const override { return true; }

  void operation_begins(TaskId task) override {
    if (tasks_.size() <= task) tasks_.resize(task + 1);
    tasks_[task].clear();
  }

  void entry_begins(TaskId task) override {
    tasks_[task].again.clear();
    tasks_[task].passed.clear();
  }

  void site_entered(TaskId task, std::size_t level, const AwaitSite& site, bool returned) override {
    State& state = tasks_[task];
    if (!returned || state.moved.empty()) return;
    for (const MemoryAccess& load : run_.memory().loads()) {
      if (load.depth != level || !run_.memory().is_current(load)) continue;
      for (const MovedMemory& moved : state.moved) {
        if (moved.load.depth == level && moved.load.address == load.address &&
            moved.load.code == load.code && moved.load.before != load.before) {
          state.again.push_back({moved, level, 0, false});
        }
      }
    }
    if (!state.again.empty()) state.sites.resize(std::max(state.sites.size(), level + 1));
    if (level < state.sites.size()) state.sites[level] = &site;
  }

  void site_left(TaskId task, std::size_t level, const AwaitSite& site, Answer answer) override {
    State& state = tasks_[task];
    if (answer != Answer::done) return;
    // What was read before an await that is over was about that one.
    const auto before = std::ranges::find(state.passed, &site, &Passed::site);
    const Passed now{&site, level, run_.memory().loads().size(), run_.memory().stores().size()};
    if (before == state.passed.end()) {
      state.passed.push_back(now);
    } else {
      *before = now;
    }
    if (level >= state.sites.size() || state.sites[level] != &site) return;
    // What the awaited call has put back when it says Done tells only that it was under way.
    std::erase_if(state.again, [&](const ReadAgain& again) {
      const MemoryAccess& read = again.moved.load;
      return again.level == level && !again.is_done &&
             MemoryWatch::peek(read.address, read.size) == read.before;
    });
    for (ReadAgain& again : state.again) {
      if (again.level != level || again.is_done) continue;
      again.is_done = true;
      again.stores_before = run_.memory().stores().size();
    }
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    if (!run_.memory().running()) return;
    State& state = tasks_[task];
    for (const ReadAgain& again : state.again) {
      if (again.is_done) look_for_decision(again, *state.sites[again.level]);
    }
    state.moved.clear();
    if (answer == Answer::io) remember(state, run_.task(task).operation);
  }

  void memory_freed(std::uintptr_t begin, std::size_t size) override {
    for (State& state : tasks_) {
      std::erase_if(state.moved,
                    [&](const MovedMemory& moved) { return moved.load.overlaps(begin, size); });
    }
  }

 private:
  struct State {
    std::vector<MovedMemory> moved;  // by the entry before
    std::vector<ReadAgain> again;    // in this entry
    std::vector<const AwaitSite*> sites;
    std::vector<Passed> passed;  // in this entry

    void clear() {
      moved.clear();
      again.clear();
      sites.clear();
      passed.clear();
    }
  };

  /// Whether a load of this number came before an await at the site that has yielded now.
  static bool is_over(const State& state, const Operation& operation, std::size_t level,
                      std::size_t number) {
    if (level >= operation.chain_size()) return false;
    const AwaitSite* const yielded = &operation.chain_site(level);
    return std::ranges::any_of(state.passed, [&](const Passed& passed) {
      return passed.site == yielded && passed.level == level && number < passed.loads;
    });
  }

  /// How many stores came before the call of this level that is under way: those of calls that have
  /// said Done are theirs no more, the function goes by them.
  static std::size_t stores_before_call(const State& state, std::size_t level) {
    std::size_t stores = 0;
    for (const Passed& passed : state.passed) {
      if (passed.level == level) stores = std::max(stores, passed.stores);
    }
    return stores;
  }

  /// What an awaited call has changed behind the back of a function that had read it.
  void remember(State& state, const Operation& operation) {
    MemoryWatch& memory = run_.memory();
    const auto stores = memory.stores();
    const auto loads = memory.loads();
    for (std::size_t number = 0; number < loads.size(); ++number) {
      const MemoryAccess& load = loads[number];
      if (load.freed || load.size > 8 || !memory.is_current(load)) continue;
      if (is_over(state, operation, load.depth, number)) continue;
      if (MemoryWatch::peek(load.address, load.size) == load.before) continue;
      const auto of_call = stores.subspan(stores_before_call(state, load.depth));
      const auto by_call = std::ranges::find_if(of_call, [&](const MemoryAccess& store) {
        return store.depth > load.depth && store.changed && !store.freed &&
               store.overlaps(load.address, load.size);
      });
      // What the function has changed itself, it knows.
      const bool by_itself = std::ranges::any_of(stores, [&](const MemoryAccess& store) {
        return store.depth <= load.depth && store.changed &&
               store.overlaps(load.address, load.size);
      });
      if (by_call == of_call.end() || by_itself) continue;
      state.moved.push_back({load, *by_call});
      memory.remember(load);
    }
  }

  void look_for_decision(const ReadAgain& again, const AwaitSite& site) {
    MemoryWatch& memory = run_.memory();
    const auto stores = memory.stores();
    // A state that both move on, the function and what it awaits, is read to see where it stands.
    const MemoryAccess& read = again.moved.load;
    const bool is_shared_state = std::ranges::any_of(stores, [&](const MemoryAccess& store) {
      return store.depth == again.level && store.overlaps(read.address, read.size);
    });
    if (is_shared_state) return;
    for (std::size_t i = again.stores_before; i < stores.size(); ++i) {
      const MemoryAccess& store = stores[i];
      if (store.depth != again.level || !store.changed || !memory.is_current(store)) continue;
      report(again.moved, store, site);
      return;
    }
  }

  void report(const MovedMemory& moved, const MemoryAccess& decided, const AwaitSite& site) {
    const MemoryWatch::Quiet quiet;
    const SeenAccess read(run_, moved.load);
    if (read.is_benign()) return;
    const std::string what = read.variable_or("a value");
    Finding note;
    note.check = name();
    note.severity = Severity::note;
    note.signature =
        run_.signature(name(), std::string("read before ") + site.function + '/' + site.expression);
    note.message = what + ", read before `" + site.expression + "` in `" + site.function +
                   "`, was another when re-entry read it again, and a store followed";
    note.expected = "what is awaited, and what is done when it is there, is about the same thing";
    note.help =
        "keep what was read in the machine's state until the awaited call says Done; if the new "
        "value is the one that is wanted, this is as it should be";
    if (auto place = read.place("read here, in both entries")) {
      note.places.push_back(*std::move(place));
    }
    if (auto place = SeenAccess(run_, moved.store).place("changed here, by the awaited call")) {
      note.places.push_back(*std::move(place));
    }
    if (auto place = SeenAccess(run_, decided).place("and this is stored then")) {
      note.places.push_back(*std::move(place));
    }
    run_.report(std::move(note));
  }

  RunView& run_;
  std::vector<State> tasks_;
};

}  // namespace

std::unique_ptr<Check> make_prefix_read(RunView& run) {
  return make_check<PrefixRead>(run, check_name::prefix_read);
}

}  // namespace reprise
