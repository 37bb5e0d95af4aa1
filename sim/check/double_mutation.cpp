// Work before a yield that is done again on re-entry. The rule: DESIGN, "Double mutation, exactly".
#include <reprise/sim/check/list.h>
#include <reprise/sim/world.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// A store made on the way to an await site.
struct Made {
  Store store;
  std::uint32_t entry = 0;

  bool same_code(const Made& other) const {
    return store.object == other.store.object && store.place.line == other.store.place.line &&
           std::string_view(store.operation) == other.store.operation &&
           std::string_view(store.place.file) == other.store.place.file;
  }
};

/// The stores of one level since its function's entry, or since its last await that said Done.
using Segment = std::vector<Made>;

/// What the object was before the segment's first store into it: the net effect is measured from
/// there, so that what is done and undone within the segment has none.
std::uint64_t digest_before(const Segment& segment, const void* object) {
  for (const Made& made : segment) {
    if (made.store.object == object) return made.store.before;
  }
  return 0;
}

std::uint64_t digest_now(const Made& made) { return made.store.digest(made.store.object); }

/// Per task.
struct Path {
  std::vector<Segment> now;         // by depth; one more than there are open sites
  std::vector<Segment> remembered;  // by depth, along the chain that the last entry yielded through
  std::vector<const AwaitSite*> chain;
  std::vector<Segment> yielded;  // innermost first: the segments of the sites that answer IO
  std::vector<const AwaitSite*> yielded_sites;
  std::size_t yielded_depth = 0;  // of the outermost of these
};

class DoubleMutation final : public Check {
 public:
  explicit DoubleMutation(World& world) : world_(world) {}

  std::string_view name() const override { return "double-mutation"; }
  Hooks wants() const override { return hooks(Hook::entry, Hook::site, Hook::store); }

  void operation_begins(TaskId task) override {
    if (paths_.size() <= task) paths_.resize(task + 1);
    Path& path = paths_[task];
    forget_chain(path);
  }

  void entry_begins(TaskId task) override {
    Path& path = paths_[task];
    for (Segment& segment : path.now) segment.clear();
    if (path.now.empty()) path.now.emplace_back();
    clear_yielded(path);
  }

  void site_entered(TaskId task, std::size_t depth, const AwaitSite& site, bool returned) override {
    Path& path = paths_[task];
    if (path.now.size() <= depth + 1) path.now.resize(depth + 2);
    if (returned && depth < path.remembered.size()) look_for_repetition(task, path, depth, site);
    path.now[depth + 1].clear();
  }

  void site_left(TaskId task, std::size_t depth, const AwaitSite& site, Answer answer) override {
    Path& path = paths_[task];
    if (answer != Answer::io) {
      // Progress: what was done before this await is behind it.
      path.now[depth].clear();
      clear_yielded(path);
      return;
    }
    if (!path.yielded_sites.empty() && path.yielded_depth != depth + 1) clear_yielded(path);
    path.yielded.push_back(path.now[depth]);
    path.yielded_sites.push_back(&site);
    path.yielded_depth = depth;
  }

  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    Path& path = paths_[task];
    if (answer != Answer::io || path.yielded_sites.empty() || path.yielded_depth != 0) {
      forget_chain(path);
      return;
    }
    remember_chain(path);
  }

  void operation_ends(TaskId task) override { forget_chain(paths_[task]); }

  void stored(TaskId task, std::size_t depth, const Store& store) override {
    Path& path = paths_[task];
    if (depth >= path.now.size()) return;
    const std::uint32_t entry = world_.tasks()[task].operation.entries();
    path.now[depth].push_back({store, entry});
  }

  void forgotten(const void* object) override {
    const auto of_object = [object](const Made& made) { return made.store.object == object; };
    for (Path& path : paths_) {
      for (Segment& segment : path.now) std::erase_if(segment, of_object);
      for (Segment& segment : path.remembered) std::erase_if(segment, of_object);
      for (Segment& segment : path.yielded) std::erase_if(segment, of_object);
    }
  }

 private:
  static void clear_yielded(Path& path) {
    path.yielded.clear();
    path.yielded_sites.clear();
    path.yielded_depth = 0;
  }
  static void forget_chain(Path& path) {
    path.remembered.clear();
    path.chain.clear();
  }

  /// Keeps, for each level of the chain, the stores whose effect outlived the entry; with those of
  /// earlier entries where the chain is the same so far.
  static void remember_chain(Path& path) {
    std::vector<Segment> remembered;
    bool same_so_far = true;
    for (std::size_t depth = 0; depth < path.yielded_sites.size(); ++depth) {
      const std::size_t at = path.yielded_sites.size() - 1 - depth;
      const Segment& segment = path.yielded[at];
      Segment kept;
      for (const Made& made : segment) {
        if (digest_now(made) != digest_before(segment, made.store.object)) kept.push_back(made);
      }
      same_so_far =
          same_so_far && depth < path.chain.size() && path.chain[depth] == path.yielded_sites[at];
      if (same_so_far) {
        for (const Made& made : path.remembered[depth]) add(kept, made);
      }
      remembered.push_back(std::move(kept));
    }
    path.chain.assign(path.yielded_sites.rbegin(), path.yielded_sites.rend());
    path.remembered = std::move(remembered);
  }

  static void add(Segment& segment, const Made& made) {
    const bool known =
        std::ranges::any_of(segment, [&](const Made& other) { return other.same_code(made); });
    if (!known) segment.push_back(made);
  }

  void look_for_repetition(TaskId task, const Path& path, std::size_t depth,
                           const AwaitSite& site) {
    const Segment& segment = path.now[depth];
    for (const Made& again : segment) {
      if (digest_now(again) == digest_before(segment, again.store.object)) continue;
      for (const Made& first : path.remembered[depth]) {
        if (!first.same_code(again)) continue;
        report(task, first, again, site);
        return;
      }
    }
  }

  static std::string change(const Made& made) {
    return (made.store.shows_size ? "size " : "") + std::to_string(made.store.shown_before) +
           " -> " + std::to_string(made.store.shown_after);
  }

  void report(TaskId task, const Made& first, const Made& again, const AwaitSite& site) {
    const std::string object = first.store.name[0] == '\0' ? "a tracked value" : first.store.name;
    const std::string place = std::string(site.function) + '/' + site.expression;
    Finding finding;
    finding.check = name();
    finding.signature =
        world_.signature(name(), object + ' ' + first.store.operation + " before " + place);
    finding.message = "`" + object +
                      "` was changed twice by one operation: before a yield, and "
                      "again on re-entry";
    const auto line = [&](const Made& made) {
      return "entry " + std::to_string(made.entry) + ": `" + object + "` " + made.store.operation +
             ", " + change(made);
    };
    finding.evidence.push_back("task `" +
                               std::string(world_.names().text(world_.tasks()[task].name)) +
                               "`, in `" + site.function + '`');
    finding.evidence.push_back(line(first));
    finding.evidence.push_back("entry " + std::to_string(first.entry) + " yielded at `" +
                               site.expression + '`');
    finding.evidence.push_back(line(again));
    finding.help =
        "move the change behind the yield, or give the yield a state of its own, so that re-entry "
        "does not come by here again";
    const int store_line = first.store.place.line;
    if (store_line != 0) {
      finding.places.push_back({first.store.place.file, store_line,
                                change(first) + " (entry " + std::to_string(first.entry) + "), " +
                                    change(again) + " (entry " + std::to_string(again.entry) +
                                    ')'});
    }
    finding.places.push_back({site.file, site.line, "yielded here, and came back"});
    world_.report(std::move(finding));
  }

  World& world_;
  std::vector<Path> paths_;
};

}  // namespace

std::unique_ptr<Check> make_double_mutation(World& world) {
  return std::make_unique<DoubleMutation>(world);
}

}  // namespace reprise
