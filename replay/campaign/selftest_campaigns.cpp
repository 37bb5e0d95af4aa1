#include <reprise/replay/campaign/seed.h>
#include <reprise/replay/campaign/selftest_campaigns.h>
#include <reprise/replay/worker/heartbeat.h>
#include <reprise/replay/worker/message.h>

#include <algorithm>
#include <map>
#include <utility>

namespace reprise {

namespace {

constexpr std::uint64_t twice_every = 64;
constexpr std::uint64_t tick_ms = 50;

/// Every `of`-th campaign from `next` on.
struct Share {
  std::uint64_t next = 0;
  std::uint64_t of = 1;
};

class Campaigns {
 public:
  Campaigns(const Scenario& scenario, const SelftestOptions& options, StrategyChoice strategy)
      : scenario_(scenario),
        options_(options),
        strategy_(strategy),
        pool_(options.worker),
        firsts_(options.campaigns) {}

  std::vector<std::optional<std::uint64_t>> run() && {
    const std::uint64_t workers = std::max(options_.workers, 1U);
    for (std::uint64_t i = 0; i < std::min(workers, options_.campaigns); ++i) {
      start({i, workers});
    }
    while (!pool_.empty()) {
      for (const WorkerEvent& event : pool_.wait(tick_ms)) take(event);
      if (options_.stopped && options_.stopped()) pool_.dismiss_at(0);
    }
    return std::move(firsts_);
  }

 private:
  void start(const Share& share) {
    const auto id = pool_.start([&](WorkerPort& port) { work(share, port); });
    if (id) shares_.emplace(*id, share);
  }

  // The worker's side.
  void work(const Share& share, WorkerPort& port) const {
    for (std::uint64_t number = share.next; number < options_.campaigns; number += share.of) {
      CaseOptions cases = options_.cases;
      cases.strategy = strategy_;
      cases.seed = case_seed(options_.cases.seed, "campaign", number);
      beat_at(port, cases.run);
      CaseRunner runner(scenario_, cases);
      for (std::uint64_t i = 0; i < options_.runs; ++i) {
        port.page().position = number;
        port.page().counters[0] = i + 1;
        if (!runner.run({CaseKind::random, i}, i % twice_every == 0).finding) continue;
        RecordWriter record;
        record.number(number);
        record.number(i + 1);
        port.send(record.bytes());
        break;
      }
    }
  }

  void take(const WorkerEvent& event) {
    if (!event.end) {
      RecordReader record(event.record);
      const std::uint64_t number = record.number();
      firsts_[number] = record.number();
      return;
    }
    const auto node = shares_.extract(event.worker);
    if (!event.end->died() || event.end->is_dismissed()) return;
    const Share share{pool_.page(event.worker).position, node.mapped().of};
    if (event.end->may_come_from_outside() && ++tries_[share.next] < outside_ends_max) {
      return start(share);
    }
    // It died of a run: that is a finding, too.
    firsts_[share.next] = pool_.page(event.worker).counters[0];
    start({share.next + share.of, share.of});
  }

  const Scenario& scenario_;
  const SelftestOptions& options_;
  StrategyChoice strategy_;
  WorkerPool pool_;
  std::map<WorkerId, Share> shares_;
  std::vector<std::optional<std::uint64_t>> firsts_;
  std::map<std::uint64_t, std::uint32_t> tries_;  // by campaign
};

}  // namespace

std::vector<std::optional<std::uint64_t>> random_campaigns(const Scenario& scenario,
                                                           const SelftestOptions& options,
                                                           StrategyChoice strategy) {
  return Campaigns(scenario, options, strategy).run();
}

}  // namespace reprise
