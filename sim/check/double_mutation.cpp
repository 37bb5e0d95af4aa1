// Work before a yield that is done again on re-entry. The rule: docs/DECISIONS.md, "Checks".
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/repeated_stores.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// A store made on the way to an await site.
struct RecordedStore {
  Store store;
  std::uint32_t entry = 0;

  bool same_code(const Store& other) const {
    return store.object == other.object && store.place.line == other.place.line &&
           same_text(store.operation, other.operation) &&
           same_text(store.place.file, other.place.file);
  }
  static bool same_text(const char* a, const char* b) { return a == b || std::strcmp(a, b) == 0; }
};

/// The stores of one level since its function's entry; of those that the same code made into the
/// same object, the first.
using Segment = std::vector<RecordedStore>;

const RecordedStore* find(const Segment& segment, const Store& store) {
  for (const RecordedStore& made : segment) {
    if (made.same_code(store)) return &made;
  }
  return nullptr;
}

/// What the object was before the segment's first store into it: the net effect is measured from
/// there, so that what is done and undone within the segment has none.
std::uint64_t digest_before(const Segment& segment, const void* object) {
  for (const RecordedStore& made : segment) {
    if (made.store.object == object) return made.store.before;
  }
  return 0;
}

/// Whether somebody else had put back what the first had changed: it is not the same work then.
bool is_put_back(const RecordedStore& first, const RecordedStore& again, const Segment& segment) {
  const std::uint64_t found = digest_before(segment, again.store.object);
  return found == first.store.before && found != first.store.after;
}

/// Whether what `made` did to its object is still to be seen.
bool lasts(const RecordedStore& made, const Segment& segment) {
  return made.store.digest(made.store.object) != digest_before(segment, made.store.object);
}

/// A site of one level that has said Done in the entry under way, and how much the level had stored
/// by then: that came before an await that is over.
struct Passed {
  const AwaitSite* site = nullptr;
  std::size_t tracked = 0;  // stores in the segment
  std::size_t watched = 0;  // stores that World::memory() had seen
};

/// What is known of one level of an operation. The lists are kept when they are empty, for their
/// memory.
struct Level {
  Segment now;
  std::vector<Passed> passed;
  Segment remembered;               // along the chain that the last entry yielded through
  const AwaitSite* site = nullptr;  // of that chain

  /// How far the stores of this level came before an await at `at` that is over.
  Passed passed_at(const AwaitSite& at) const {
    for (const Passed& known : passed) {
      if (known.site == &at) return known;
    }
    return {};
  }
};

/// Per task.
struct Path {
  std::vector<Level> levels;   // by depth; one more than there are open sites
  std::size_t chain_size = 0;  // the levels that the last entry yielded through

  /// The function at this depth begins.
  void begin_segment(std::size_t depth) {
    if (levels.size() <= depth) [[unlikely]]
      levels.resize(depth + 1);
    levels[depth].now.clear();
    levels[depth].passed.clear();
  }
};

constexpr const char* expected =
    "what is changed before an await is changed once, however often it yields";
constexpr const char* help =
    "move the change behind the yield, or give the yield a state of its own, so that re-entry does "
    "not come by here again";

class DoubleMutation final : public Check {
 public:
  explicit DoubleMutation(RunView& run) : run_(run), memory_(run) {}

  Hooks wants(Hooks overridden) const override {
    return MemoryWatch::has_watched_code() ? overridden
                                           : overridden & ~hooks(Hook::completion_event);
  }
  bool reads_loads() const override { return MemoryWatch::has_watched_code(); }

  void run_begins() override {
    is_watched_ = run_.memory().running();
    memory_.run_begins();
  }

  void completion_event(CompletionEvent event, const Completion& completion, IOError,
                        std::uint64_t) override {
    if (event == CompletionEvent::finished) memory_.finished(completion);
  }

  void operation_begins(TaskId task) override {
    if (paths_.size() <= task) paths_.resize(task + 1);
    paths_[task].chain_size = 0;
    if (is_watched_) memory_.begin(task);
  }

  void entry_begins(TaskId task) override { paths_[task].begin_segment(0); }

  void site_entered(TaskId task, std::size_t depth, const AwaitSite& site, bool returned) override {
    Path& path = paths_[task];
    path.begin_segment(depth + 1);
    if (returned && depth < path.chain_size) come_back(task, path.levels[depth], depth, site);
  }

  void site_left(TaskId task, std::size_t depth, const AwaitSite& site, Answer answer) override {
    if (answer == Answer::done) forget(task, paths_[task], depth, site);
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    Path& path = paths_[task];
    if (answer == Answer::io) {
      remember_chain(task, path, run_.task(task).operation);
    } else {
      path.chain_size = 0;
    }
  }

  void operation_ends(TaskId task) override { paths_[task].chain_size = 0; }

  void stored(TaskId task, std::size_t depth, const Store& store) override {
    Path& path = paths_[task];
    if (depth >= path.levels.size()) return;
    Segment& segment = path.levels[depth].now;
    if (find(segment, store) != nullptr) return;
    segment.push_back({store, run_.task(task).operation.entries()});
  }

  void memory_freed(std::uintptr_t begin, std::size_t size) override { memory_.freed(begin, size); }

  void forgotten(const void* object) override {
    for (Path& path : paths_) {
      for (Level& level : path.levels) {
        if (!level.now.empty()) forget(level.now, object);
        if (!level.remembered.empty()) forget(level.remembered, object);
      }
    }
  }

 private:
  static void forget(Segment& segment, const void* object) {
    std::erase_if(segment,
                  [object](const RecordedStore& made) { return made.store.object == object; });
  }

  /// The await at `site` is over: what was stored before it was progress, in whichever entry.
  void forget(TaskId task, Path& path, std::size_t depth, const AwaitSite& site) {
    Level& level = path.levels[depth];
    const Passed now{&site, level.now.size(), is_watched_ ? run_.memory().stores().size() : 0};
    const auto before = std::ranges::find(level.passed, &site, &Passed::site);
    if (before == level.passed.end()) {
      level.passed.push_back(now);
    } else {
      *before = now;
    }
    if (depth >= path.chain_size || level.site != &site) return;
    for (std::size_t inner = depth; inner < path.levels.size(); ++inner) {
      path.levels[inner].remembered.clear();
    }
    if (is_watched_) memory_.forget(task, depth);
  }

  /// Keeps, for each level of the chain, the stores whose effect outlived the entry; with those of
  /// earlier entries where the chain is the same so far.
  void remember_chain(TaskId task, Path& path, const Operation& operation) {
    const std::size_t length = operation.chain_size();
    std::size_t same = 0;
    first_watched_.clear();
    for (std::size_t depth = 0; depth < length; ++depth) {
      Level& level = path.levels[depth];
      const AwaitSite& site = operation.chain_site(depth);
      if (same == depth && depth < path.chain_size && level.site == &site) ++same;
      const Passed passed = level.passed_at(site);
      if (is_watched_) first_watched_.push_back(passed.watched);
      keep(level, passed.tracked, depth < same);
      level.site = &site;
    }
    if (is_watched_ && length != 0) memory_.remember(task, first_watched_, same);
    path.chain_size = length;
  }

  /// Adds what lasts of the stores now, from number `first` on, to those remembered; what was there
  /// before stays only if `add`.
  static void keep(Level& level, std::size_t first, bool add) {
    if (!add) level.remembered.clear();
    for (std::size_t i = first; i < level.now.size(); ++i) {
      const RecordedStore& made = level.now[i];
      if (lasts(made, level.now) && find(level.remembered, made.store) == nullptr) {
        level.remembered.push_back(made);
      }
    }
  }

  /// Control has come back to the site of this level that the last entry yielded through.
  void come_back(TaskId task, const Level& level, std::size_t depth, const AwaitSite& site) {
    if (!level.remembered.empty()) look_for_repetition(task, level, site);
    if (!is_watched_ || run_.stopped()) return;
    if (const auto repetition = memory_.find(task, depth)) report(task, *repetition, site);
  }

  void look_for_repetition(TaskId task, const Level& level, const AwaitSite& site) {
    const Segment& segment = level.now;
    for (const RecordedStore& again : segment) {
      const RecordedStore* const first = find(level.remembered, again.store);
      if (first == nullptr || !lasts(again, segment)) continue;
      if (is_put_back(*first, again, segment)) continue;
      report(task, *first, again, site);
      return;
    }
  }

  static std::string change(const RecordedStore& made) {
    return (made.store.shows_size ? "size " : "") + std::to_string(made.store.shown_before) +
           " -> " + std::to_string(made.store.shown_after);
  }

  void report(TaskId task, const RecordedStore& first, const RecordedStore& again,
              const AwaitSite& site) {
    const std::string object = first.store.name[0] == '\0' ? "a tracked value" : first.store.name;
    const std::string place = std::string(site.function) + '/' + site.expression;
    Finding finding;
    finding.check = name();
    finding.signature =
        run_.signature(name(), object + ' ' + first.store.operation + " before " + place);
    finding.message = "`" + object +
                      "` was changed twice by one operation: before a yield, and "
                      "again on re-entry";
    const auto line = [&](const RecordedStore& made) {
      return "entry " + std::to_string(made.entry) + ": `" + object + "` " + made.store.operation +
             ", " + change(made);
    };
    finding.evidence.push_back("task `" + std::string(run_.names().text(run_.task(task).name)) +
                               "`, in `" + site.function + '`');
    finding.evidence.push_back(line(first));
    finding.evidence.push_back("entry " + std::to_string(first.entry) + " yielded at `" +
                               site.expression + '`');
    finding.evidence.push_back(line(again));
    finding.expected = expected;
    finding.help = help;
    const int store_line = first.store.place.line;
    if (store_line != 0) {
      finding.places.push_back({first.store.place.file, store_line,
                                change(first) + " (entry " + std::to_string(first.entry) + "), " +
                                    change(again) + " (entry " + std::to_string(again.entry) +
                                    ')'});
    }
    finding.places.push_back({site.file, site.line, "yielded here, and came back"});
    run_.report(std::move(finding));
  }

  /// Reports a store that nobody annotated.
  void report(TaskId task, const RepeatedStores::Repetition& repetition, const AwaitSite& site) {
    const MemoryWatch::Quiet quiet;
    const SeenAccess seen(run_, repetition.again);
    const std::string object = seen.variable_or("state");
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(
        name(), std::string("a store before ") + site.function + '/' + site.expression);
    finding.message =
        object + " was changed twice by one operation: before a yield, and again on re-entry";
    const auto line = [&](std::uint32_t entry, const MemoryAccess& store) {
      const std::string change = seen.change(store);
      return "entry " + std::to_string(entry) + ": " + object + " is changed" +
             (change.empty() ? "" : ", " + change);
    };
    const std::uint32_t again_entry = run_.task(task).operation.entries();
    finding.evidence.push_back("task `" + std::string(run_.names().text(run_.task(task).name)) +
                               "`, in `" + site.function + '`');
    finding.evidence.push_back(line(repetition.first_entry, repetition.first));
    finding.evidence.push_back("entry " + std::to_string(repetition.first_entry) + " yielded at `" +
                               site.expression + '`');
    finding.evidence.push_back(line(again_entry, repetition.again));
    finding.expected = expected;
    finding.help = help;
    const auto note = [&](std::uint32_t entry, const MemoryAccess& store) {
      const std::string change = seen.change(store);
      return (change.empty() ? "" : change + ' ') + "(entry " + std::to_string(entry) + ')';
    };
    if (const auto place = seen.place(note(repetition.first_entry, repetition.first) + ", " +
                                      note(again_entry, repetition.again))) {
      finding.places.push_back(*place);
    }
    finding.places.push_back({site.file, site.line, "yielded here, and came back"});
    run_.report(std::move(finding));
  }

  RunView& run_;
  RepeatedStores memory_;
  bool is_watched_ = false;
  std::vector<Path> paths_;
  std::vector<std::size_t> first_watched_;  // kept for its memory
};

}  // namespace

std::unique_ptr<Check> make_double_mutation(RunView& run) {
  return make_check<DoubleMutation>(run, check_name::double_mutation);
}

}  // namespace reprise
