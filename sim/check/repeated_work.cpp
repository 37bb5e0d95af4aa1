// Work that an operation does again under other timing: the half of schedule-equivalence that looks
// at what was submitted.
#include <reprise/sim/check/schedule_equivalence.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

namespace reprise {

namespace {

/// Submissions that are alike, and how often there were such.
struct Alike {
  const Submission* first = nullptr;
  const Submission* last = nullptr;
  std::uint32_t count = 0;
};

auto of_kind(const Submission& s) { return std::tuple(s.name, s.operation); }
auto in_full(const Submission& s) {
  return std::tuple(s.name, s.operation, s.offset, s.size, s.bytes);
}

/// Joins those for which `key` gives the same; in the order of keys.
template <class Key>
std::vector<Alike> alike(const Submissions& submissions, Key key) {
  std::vector<const Submission*> sorted;
  for (const Submission& submission : submissions.all()) sorted.push_back(&submission);
  std::ranges::stable_sort(sorted, {}, [&](const Submission* s) { return key(*s); });
  std::vector<Alike> groups;
  for (const Submission* const submission : sorted) {
    if (groups.empty() || key(*groups.back().first) != key(*submission)) {
      groups.push_back({submission, submission, 0});
    }
    groups.back().last = submission;
    ++groups.back().count;
  }
  return groups;
}

/// More of one group in a run than in the reference.
struct More {
  Alike run;
  std::uint32_t reference = 0;
};

/// The first, in the order of the run, of those that the reference has too, but fewer of.
template <class Key, class Counts>
std::optional<More> more_than_reference(const Submissions& run, const Submissions& reference,
                                        Key key, Counts counts) {
  std::optional<More> found;
  const std::vector<Alike> expected = alike(reference, key);
  for (const Alike& group : alike(run, key)) {
    if (!counts(*group.first)) continue;
    const auto same = std::ranges::lower_bound(
        expected, key(*group.first), {}, [&](const Alike& other) { return key(*other.first); });
    const bool is_there = same != expected.end() && key(*same->first) == key(*group.first);
    if (!is_there || same->count >= group.count) continue;
    if (!found || group.first < found->run.first) found = More{group, same->count};
  }
  return found;
}

std::string times(std::uint32_t count) {
  return count == 1 ? "once" : count == 2 ? "twice" : std::to_string(count) + " times";
}

class Report {
 public:
  Report(std::string_view scenario, const Names& names) : scenario_(scenario), names_(names) {}

  Finding repeated(const More& more) const {
    const Submission& io = *more.run.first;
    const bool writes = io.kind == IOKind::write;
    Finding finding = about(io, "done again: ");
    finding.message = "one operation of `" + task_of(io) + "` did the same `" + kind_of(io) + "` " +
                      times(more.run.count) + ", which the sync world does " +
                      times(more.reference);
    finding.evidence.insert(finding.evidence.begin() + 1,
                            writes ? bytes_in_words(io.size, io.offset) + ", the same each time"
                                   : "to " + std::to_string(io.size) + " bytes each time");
    finding.expected = "an operation that runs alone does its work once, whenever its I/O finishes";
    finding.help =
        "look at the yields of the plan: which step runs again when control comes back after each "
        "of them? It needs a state of its own, moved on when the step is done";
    add_place(finding, more.run.first->site, "submitted in this call");
    if (more.run.last->site != more.run.first->site) {
      add_place(finding, more.run.last->site, "and again in this one");
    }
    return finding;
  }

  Finding more_of_a_kind(const More& more) const {
    const Submission& io = *more.run.first;
    Finding finding = about(io, "more of ");
    finding.severity = Severity::note;
    finding.message = "one operation of `" + task_of(io) + "` submitted `" + kind_of(io) + "` " +
                      times(more.run.count) + ", and " + times(more.reference) +
                      " in the sync world";
    finding.expected = "an operation that runs alone does its work once, whenever its I/O finishes";
    finding.help =
        "if a step runs again when control comes back after a yield, give it a state of its own; "
        "where the number depends on timing by design, --no-check schedule-equivalence";
    add_place(finding, more.run.last->site, "the last of them was submitted in this call");
    return finding;
  }

 private:
  std::string task_of(const Submission& io) const {
    return std::string(names_.text(names_.parent(io.name)));
  }
  std::string kind_of(const Submission& io) const {
    return std::string(names_.text(io.name).substr(task_of(io).size() + 1));
  }

  Finding about(const Submission& io, const std::string& what) const {
    Finding finding;
    finding.check = check_name::schedule_equivalence;
    finding.signature =
        finding.check + ' ' + std::string(scenario_) + ": " + what + without_numbers(kind_of(io));
    finding.evidence.push_back("operation " + std::to_string(io.operation) + " of `" + task_of(io) +
                               '`');
    finding.evidence.emplace_back("the reference is the sync world: every I/O completes at submit");
    finding.evidence.emplace_back("no fault was injected, and no other operation ran meanwhile");
    return finding;
  }

  static void add_place(Finding& finding, const AwaitSite* site, const std::string& note) {
    if (site != nullptr) finding.places.push_back({site->file, site->line, note});
  }

  std::string_view scenario_;
  const Names& names_;
};

}  // namespace

std::optional<Finding> compare_submissions(std::string_view scenario, const Names& names,
                                           const Submissions& run, const Submissions& reference) {
  if (!run.comparable() || !reference.comparable() || run.same_as(reference)) return std::nullopt;
  const auto changes = [](const Submission& io) {
    return io.kind == IOKind::write || io.kind == IOKind::truncate;
  };
  const Report report(scenario, names);
  if (const auto more = more_than_reference(run, reference, in_full, changes)) {
    return report.repeated(*more);
  }
  const auto any = [](const Submission&) { return true; };
  if (const auto more = more_than_reference(run, reference, of_kind, any)) {
    return report.more_of_a_kind(*more);
  }
  return std::nullopt;
}

}  // namespace reprise
