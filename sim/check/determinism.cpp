
#include <reprise/sim/check/determinism.h>

#include <reprise/sim/check_names.h>

#include <malloc.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

// Bytes that zeroed memory and small numbers do not have.
constexpr int heap_fill = 0xA5;
constexpr std::uint8_t stack_fill = 0xA5;
constexpr std::uint32_t stack_offset = 3 * 1'024 + 16;

// What the runs are not the same under, one at a time.
struct Difference {
  bool heap_elsewhere = false;
  bool heap_filled = false;
  bool stack_elsewhere = false;
  bool stack_filled = false;
  std::string_view cause;
  std::string_view help;
};

constexpr Difference everything{
    true,
    true,
    true,
    true,
    "",
    "look for memory that is read before it is written, and for an address that decides or is "
    "printed"};

constexpr std::array differences = {
    Difference{false, false, false, false,
               "a plain repetition differs: something outlives the run, or comes from outside it",
               "look at statics, globals and singletons first: a run must make all of its state "
               "anew; then at pointers as keys or in an order, and at what is read past the C "
               "library: files, the processor's counters"},
    Difference{false, false, false, true,
               "the runs are the same until the stack holds other bytes: a local variable is read "
               "before it is set",
               "look at the local variables there that have no initial value"},
    Difference{false, true, false, false,
               "the runs are the same until fresh memory holds other bytes: memory of the heap is "
               "read before it is written, or after it was freed",
               "look at members that no constructor sets, and at pointers that are kept for too "
               "long"},
    Difference{false, false, true, false,
               "the runs are the same until the stack lies elsewhere: the address of a local "
               "variable decides, or is shown",
               "look for the address of a local variable in a comparison, a hash, a result or a "
               "text; or for a local variable that is not set, which holds what was there"},
    Difference{true, false, false, false,
               "the runs are the same until the heap lies elsewhere: an address decides, or is "
               "shown",
               "look for pointers as keys or in an order, hashes of pointers, and addresses in "
               "results or texts"},
};

constexpr const Difference& plain_repetition = differences[0];
constexpr const Difference& other_heap_fill = differences[2];
constexpr int plain_repetitions = 3;

RunResult run_under(const Difference& what, const LoggedRun& run) {
  const OtherHeap heap(what.heap_elsewhere, what.heap_filled);
  StackLayout stacks;
  stacks.offset = what.stack_elsewhere ? stack_offset : 0;
  stacks.fill = what.stack_filled ? stack_fill : 0;
  struct Call {
    const LoggedRun& run;
    const StackLayout& stacks;
    RunResult result;
  } call{run, stacks, {}};
  call_on(
      stacks,
      [](void* context) {
        Call& it = *static_cast<Call*>(context);
        it.result = it.run(it.stacks);
      },
      &call);
  return std::move(call.result);
}

std::string signature_of(const RunResult& run) {
  return run.finding ? run.finding->signature : std::string();
}

bool same(const RunResult& first, const RunResult& second) {
  return first.digest == second.digest && first.stats.events == second.stats.events &&
         first.disk_digest == second.disk_digest && signature_of(first) == signature_of(second);
}

// The allocator hands small blocks that were freed before out again as they are, so they are taken,
// filled and freed once more; the last taken first, so that they come in the same order as before.
void fill_freed_blocks(std::byte fill) {
  constexpr std::size_t largest_kept = 1'032;  // and how many of a size: glibc's tcache
  constexpr std::size_t kept = 7;
  std::array<std::vector<std::byte>, kept> blocks;
  for (std::size_t size = 24; size <= largest_kept; size += 16) {
    for (std::vector<std::byte>& block : blocks) block = std::vector<std::byte>(size, fill);
    for (std::size_t i = kept; i > 0; --i) std::vector<std::byte>().swap(blocks[i - 1]);
  }
}

// Whether repetitions are all the same under it. Several: what changes from run to run may come
// back to what it was, such as a flag.
bool is_steady_under(const Difference& difference, const LoggedRun& run) {
  const RunResult first = run_under(difference, run);
  for (int i = 0; i < plain_repetitions; ++i) {
    if (!same(first, run_under(difference, run))) return false;
  }
  return true;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 100;
  if (text.size() <= longest) return std::string(text);
  return std::string(text.substr(0, longest - 3)) + "...";
}

// One of the two runs around the first event that is not the same in both.
struct Side {
  std::string_view which;  // "first run: ", padded
  const RunResult& run;
  const LoggedEvent* event = nullptr;  // null: the run has ended

  std::span<const LoggedFact> steps() const {
    return event == nullptr ? std::span<const LoggedFact>() : event->facts;
  }
  std::string at(std::size_t step) const {
    if (event == nullptr) return "the run is over";
    return step < steps().size() ? to_text({event->facts[step]}) : "nothing more in this event";
  }
};

Side side_of(std::string_view which, const RunResult& run, std::size_t at) {
  Side side{which, run};
  if (at >= run.events.size()) return side;
  side.event = &run.events[at];
  return side;
}

void tell_steps(Finding& finding, const Side& first, const Side& second) {
  const bool same_event = first.event != nullptr && second.event != nullptr &&
                          first.event->identity == second.event->identity;
  if (!same_event) {
    for (const Side* const side : {&first, &second}) {
      const std::string name = side->event == nullptr ? "the run is over" : side->event->identity;
      const std::string step = side->steps().empty() ? "" : "  " + side->at(0);
      finding.evidence.push_back(std::string(side->which) + shortened(name + step));
    }
    return;
  }
  std::size_t step = 0;
  const std::span<const LoggedFact> is = first.steps();
  const std::span<const LoggedFact> was = second.steps();
  while (step < is.size() && step < was.size() && is[step] == was[step]) ++step;
  if (step == is.size() && step == was.size()) {
    const bool has_result = std::ranges::any_of(is, [](const LoggedFact& fact) {
      return fact.what.find("its operation ends: Done") != std::string::npos;
    });
    finding.evidence.emplace_back(
        has_result ? "both runs did the same there; the value that the operation gave was another"
                   : "both runs did the same there, with other values");
    return;
  }
  for (const Side* const side : {&first, &second}) {
    finding.evidence.push_back(std::string(side->which) + shortened(side->at(step)));
  }
}

// Where the tasks involved have yielded last, as far as it is known.
void show_places(Finding& finding, const Side& first, const Side& second, std::size_t at) {
  const auto show = [&](const AwaitSite* site, const char* note) {
    if (site == nullptr) return;
    ShownLocation place{site->file, site->line, note, 0, site->function};
    for (const ShownLocation& known : finding.places) {
      if (known.file == place.file && known.line == place.line) return;
    }
    finding.places.push_back(std::move(place));
  };
  const AwaitSite* const one = first.event == nullptr ? nullptr : first.event->site;
  const AwaitSite* const other = second.event == nullptr ? nullptr : second.event->site;
  if (one != nullptr && one == other) {
    show(one, "here the task yielded last, in both runs");
  } else {
    show(one, "here the task yielded last in the first run");
    show(other, "here the task yielded last in the second run");
  }
  for (std::size_t i = at; i > 0 && finding.places.empty(); --i) {
    show(first.run.events[i - 1].site, "the last await before that");
  }
}

// The events are the same.
void tell_ends(Finding& finding, const RunResult& first, const RunResult& second) {
  if (first.disk_digest != second.disk_digest) {
    finding.evidence.emplace_back("the events are the same, the bytes on the disk are not");
    return;
  }
  finding.evidence.emplace_back("the events are the same, the findings are not");
  for (const auto& [which, run] : {std::pair{"first run:  ", &first}, {"second run: ", &second}}) {
    finding.evidence.push_back(
        which + (run->finding ? shortened(run->finding->check + ": " + run->finding->message)
                              : "no finding"));
  }
}

}  // namespace

OtherHeap::OtherHeap(bool elsewhere, bool filled) {
  // Without effect under a sanitizer, which has its own allocator.
  if (filled) mallopt(M_PERTURB, heap_fill);
  fill_freed_blocks(filled ? std::byte{heap_fill} : std::byte{0});
  if (!elsewhere) return;
  for (std::size_t size = 24; size <= 8192; size += size / 3) {
    for (int i = 0; i < 3; ++i) padding_.emplace_back(size);
  }
}

OtherHeap::~OtherHeap() { mallopt(M_PERTURB, 0); }

std::optional<Finding> find_difference(std::string_view scenario, const LoggedRun& run) {
  const RunResult first = run_under({}, run);
  std::optional<Finding> finding = compare_runs(scenario, first, run_under(everything, run));
  if (!finding) return std::nullopt;
  const Difference* cause = nullptr;
  if (!is_steady_under(plain_repetition, run)) {
    // What the heap held before is another in each repetition.
    cause = is_steady_under(other_heap_fill, run) ? &other_heap_fill : &plain_repetition;
  } else {
    const RunResult plain = run_under(plain_repetition, run);
    for (std::size_t i = 1; i < differences.size() && cause == nullptr; ++i) {
      if (!same(plain, run_under(differences[i], run))) cause = &differences[i];
    }
  }
  if (cause != nullptr) {
    finding->evidence.emplace_back(cause->cause);
    finding->help = cause->help;
  }
  return finding;
}

bool differs_for_no_known_cause(const Finding& finding) {
  return std::ranges::find(finding.evidence, plain_repetition.cause) != finding.evidence.end();
}

void blame_earlier_run(Finding& finding) {
  std::ranges::replace(
      finding.evidence, std::string(plain_repetition.cause),
      std::string("state from an earlier run: the first run of a process is always the same, "
                  "wherever its memory lies, and those after it are not"));
  finding.help =
      "look at statics, globals and singletons: make them anew in each run, or bring them back to "
      "what they were with sim.reset_globals([] { ... })";
}

std::optional<Finding> compare_runs(std::string_view scenario, const RunResult& first,
                                    const RunResult& second) {
  if (same(first, second)) return std::nullopt;
  Finding finding;
  finding.check = check_name::determinism;
  finding.message = "the same plan, run twice, gave two different runs";
  finding.expected = "a run depends on its plan and on nothing else";
  finding.help = everything.help;
  std::string where = "at the end";
  const std::size_t common = std::min(first.events.size(), second.events.size());
  std::size_t at = 0;
  while (at < common && first.events[at].digest == second.events[at].digest) ++at;
  if (at < std::max(first.events.size(), second.events.size())) {
    const Side one = side_of("first run:  ", first, at);
    const Side other = side_of("second run: ", second, at);
    where = (one.event != nullptr ? one : other).event->identity;
    finding.evidence.push_back("they differ first at event " + std::to_string(at + 1) + ", " +
                               where);
    tell_steps(finding, one, other);
    show_places(finding, one, other, at);
  } else {
    tell_ends(finding, first, second);
  }
  finding.signature = finding.check + ' ' + std::string(scenario) + ": " + where;
  return finding;
}

}  // namespace reprise
