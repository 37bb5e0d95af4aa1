#include <reprise/sim/check/determinism.h>

#include <malloc.h>

#include <algorithm>
#include <string>

namespace reprise {

OtherHeap::OtherHeap() {
  // Fills fresh and freed memory with a byte that zeroed pages and old contents do not have.
  // Without effect under a sanitizer, which has its own allocator.
  mallopt(M_PERTURB, 0xA5);
  for (std::size_t size = 24; size <= 8192; size += size / 3) {
    for (int i = 0; i < 3; ++i) padding_.emplace_back(size);
  }
}

OtherHeap::~OtherHeap() { mallopt(M_PERTURB, 0); }

std::optional<Finding> compare_runs(const Scenario& scenario, const RunResult& first,
                                    const RunResult& second) {
  const auto found = [](const RunResult& run) {
    return run.finding ? run.finding->signature : std::string();
  };
  if (first.digest == second.digest && first.stats.events == second.stats.events &&
      first.disk_digest == second.disk_digest && found(first) == found(second)) {
    return std::nullopt;
  }
  Finding finding;
  finding.check = "determinism";
  finding.message = "the same plan, run twice, gave two different runs";
  std::string where = "at the end";
  const std::size_t common = std::min(first.events.size(), second.events.size());
  std::size_t at = 0;
  while (at < common && first.events[at].digest == second.events[at].digest) ++at;
  const auto line = [at](const char* which, const RunResult& run) {
    if (at >= run.events.size()) return std::string(which) + " run: ended here";
    return std::string(which) + " run: " + run.events[at].identity + "  " + run.events[at].what;
  };
  if (at < std::max(first.events.size(), second.events.size())) {
    where = at < first.events.size() ? first.events[at].identity : second.events[at].identity;
    finding.evidence.push_back("they differ first at event " + std::to_string(at + 1));
    finding.evidence.push_back(line("first", first));
    finding.evidence.push_back(line("second", second));
  }
  if (first.digest == second.digest) {
    finding.evidence.emplace_back(first.disk_digest != second.disk_digest
                                      ? "the events are the same, the bytes on the disk are not"
                                      : "the events are the same, the findings are not");
  }
  finding.expected = "a run depends on its plan and on nothing else";
  finding.signature = "determinism " + scenario.name + ": " + where;
  finding.help =
      "look for what a run may not depend on: addresses, uninitialised memory, statics that live "
      "from run to run, clocks, the order of an unordered container";
  return finding;
}

}  // namespace reprise
