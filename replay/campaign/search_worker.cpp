#include <reprise/replay/campaign/search_worker.h>

#include <reprise/replay/campaign/search_message.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/heartbeat.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

// A worker reports a note's first occurrence immediately and batches the rest.
constexpr std::uint64_t notes_told_every = 1'000;

bool is_lazy(CaseKind kind) {
  return kind == CaseKind::sweep_lazy || kind == CaseKind::pairs_lazy ||
         kind == CaseKind::crashes_lazy;
}
bool is_crashes(CaseKind kind) {
  return kind == CaseKind::crashes_sync || kind == CaseKind::crashes_lazy;
}
bool is_pairs(CaseKind kind) {
  return kind == CaseKind::pairs_sync || kind == CaseKind::pairs_lazy;
}

// The worker's side.
class SearchWorker {
 public:
  SearchWorker(const Scenario& scenario, const SearchOptions& options, const SearchShare& share,
               WorkerPort& port)
      : options_(options), share_(share), port_(port), runner_(scenario, case_options()) {
    runner_.on_counting([&](const Case& item) {
      port_.page().position = pack(item);
      port_.beat();
    });
  }

  void run() {
    for (const CaseKind kind : case_kinds) {
      if (!is_wanted(kind)) continue;
      if (!run_kind(kind, count(kind))) break;
    }
    for (auto& [signature, more] : noted_) tell_noted_again(signature, more);
    tell_what_was_reached();
  }

 private:
  CaseOptions case_options() {
    CaseOptions cases = options_.cases;
    beat_at(port_, cases.run);
    if (options_.surveys) cases.run.sites = &reached_;
    return cases;
  }

  bool is_wanted(CaseKind kind) const {
    const CaseMix& mix = options_.mix;
    switch (kind) {
      case CaseKind::calm: return true;
      case CaseKind::sweep_sync: return mix.sweeps && mix.sync && !share_.skip_sync;
      case CaseKind::sweep_lazy: return mix.sweeps && mix.lazy && !share_.skip_lazy;
      case CaseKind::pairs_sync:
      case CaseKind::pairs_lazy:
        return mix.pairs && !share_.skip_pairs &&
               is_wanted(is_lazy(kind) ? CaseKind::sweep_lazy : CaseKind::sweep_sync);
      case CaseKind::crashes_sync:
      case CaseKind::crashes_lazy:
        return mix.crashes &&
               is_wanted(is_lazy(kind) ? CaseKind::sweep_lazy : CaseKind::sweep_sync);
      case CaseKind::random: break;
    }
    return mix.random_max > 0;
  }

  bool is_left_out(const Case& item) const {
    if (item.kind != CaseKind::calm) return false;
    return item.number == 0 ? share_.skip_sync || !options_.mix.sync
                            : share_.skip_lazy || !options_.mix.lazy;
  }

  // Whether this is the first worker of its shard.
  bool is_first() const { return share_.index == options_.shard.index; }

  // How many cases of this kind there are; to be asked of each kind in turn.
  std::uint64_t count(CaseKind kind) {
    if (kind == CaseKind::random) {
      const std::uint64_t left = options_.runs_max - std::min(options_.runs_max, cases_before_);
      return std::min(options_.mix.random_max, left);
    }
    if (kind == CaseKind::calm) {
      cases_before_ += calm_count(options_.mix);
      return runner_.count(kind);
    }
    port_.page().position = pack({kind, preparing});
    CasesCounted counted = apart<CasesCounted>([&] { return counted_now(kind); });
    const std::uint64_t count = counted.size;
    cases_before_ += count;
    tell(std::move(counted));
    return count;
  }

  CasesCounted counted_now(CaseKind kind) {
    CasesCounted counted{kind, runner_.count(kind), runner_.total(kind), {}};
    if (options_.surveys && is_first() && !is_pairs(kind) && !is_crashes(kind)) {
      counted.points = runner_.points(kind);
    }
    return counted;
  }

  // What `work` gives; in a copy of this process if each case is to have one of its own.
  template <class Message, class Work>
  Message apart(Work work) {
    if (!options_.cases.is_isolated) return work();
    return from_bytes<Message>(port_.in_copy([&] { return to_bytes(Message(work())); }));
  }

  bool is_time_over(CaseKind kind) const {
    if (!options_.milliseconds_max) return false;
    const std::uint64_t all = *options_.milliseconds_max;
    const bool is_shared = options_.mix.random_max > 0;
    const std::uint64_t share = kind == CaseKind::random || !is_shared ? all
                                : is_lazy(kind)                        ? all / 2
                                                                       : all / 4;
    return worker_clock_ms() - share_.begun_ms >= share;
  }

  // A calm run of another shard: if it is deadly, this shard must know which run it was before it
  // prepares the sweep of that base. It is not counted.
  void run_foreign_calm(const Case& item) {
    if (options_.shard.has(item.number) || item < share_.from || is_left_out(item)) return;
    port_.page().position = pack(item);
    port_.beat();
    static_cast<void>(apart<bool>([&] {
      runner_.run(item, false);
      return true;
    }));
    port_.after_run();
    port_.page().counters[search_counter::next_case] = pack({item.kind, item.number + 1});
  }

  // With a process for each case: makes the plans of the next cases in one of their own, so that
  // the case's has no sweep to prepare.
  void give_plan(const Case& item, std::uint64_t end) {
    constexpr std::uint64_t plans_at_once = 256;
    if (planned_.kind != item.kind || item.number >= planned_end_) {
      const std::uint64_t plans_end = std::min(end, item.number + plans_at_once * share_.of);
      plans_ = apart<std::vector<Plan>>([&] {
        std::vector<Plan> plans;
        for (std::uint64_t number = item.number; number < plans_end; number += share_.of) {
          plans.push_back(runner_.plan_of({item.kind, number}));
        }
        return plans;
      });
      planned_ = item;
      planned_end_ = plans_end;
    }
    runner_.give_plan(item, plans_[(item.number - planned_.number) / share_.of]);
  }

  // False: there is nothing more to do.
  bool run_kind(CaseKind kind, std::uint64_t end) {
    if (kind < share_.from.kind) return true;
    if (kind == CaseKind::calm && is_first() && options_.mix.sweeps) {
      for (std::uint64_t i = 0; i < end; ++i) run_foreign_calm({kind, i});
    }
    std::uint64_t number = share_.index;
    if (kind == share_.from.kind) {
      while (number < share_.from.number) number += share_.of;
    }
    for (; number < end; number += share_.of) {
      const Case item{kind, number};
      if (is_left_out(item)) continue;
      if (pack(item) >= port_.page().stop_before) return false;
      if (kind != CaseKind::calm && is_time_over(kind)) {
        tell(kind == CaseKind::random ? SearchMessage(TimeOver{number})
                                      : SearchMessage(SweepCut()));
        return true;
      }
      if (!options_.cases.is_isolated) {
        if (!run_case(item)) return false;
        continue;
      }
      if (kind != CaseKind::calm && kind != CaseKind::random) give_plan(item, end);
      const bool goes_on = apart<bool>([&] {
        const bool is_good = run_case(item);
        tell_what_was_reached();
        return is_good;
      });
      if (!goes_on) return false;
    }
    return true;
  }

  bool run_case(const Case& item) {
    port_.page().position = pack(item);
    port_.beat();
    const bool twice = is_run_twice(item.number);
    const RunResult result = runner_.run(item, twice);
    port_.after_run();
    add(search_counter::runs, 1);
    add(search_counter::events, result.stats.events);
    add(search_counter::faults, result.stats.faults);
    add(search_counter::power_losses, result.stats.power_losses);
    if (twice) add(search_counter::runs_twice, 1);
    for (const Finding& note : result.notes) tell_note(note, item);
    for (const auto& [name, reached] : result.goals) tell_goal(name, reached);
    for (const auto& [name, value] : result.options_asked) tell_option(name, value);
    if (result.finding) {
      add(search_counter::failed, 1);
      tell_finding(*result.finding, item);
    }
    port_.page().counters[search_counter::next_case] = pack({item.kind, item.number + 1});
    return !result.finding || options_.keep_going;
  }

  void tell_what_was_reached() {
    if (options_.surveys) tell(SitesReached{reached_.places()});
    if (options_.mix.crashes) tell(CrashesExplored{runner_.crash_counts()});
  }

  void tell(SearchMessage message) { port_.send(to_bytes(std::move(message))); }

  void tell_finding(const Finding& finding, const Case& item) {
    FindingSeen seen{item, finding.check, finding.signature, {}};
    if (found_.insert(finding.signature).second) seen.finding = finding;
    tell(std::move(seen));
  }

  void add(search_counter::SearchCounter counter, std::uint64_t value) {
    port_.page().counters[counter].fetch_add(value, std::memory_order_relaxed);
  }

  void tell_note(const Finding& note, const Case& item) {
    const auto [known, is_new] = noted_.try_emplace(note.signature, 0);
    if (is_new) {
      tell(NoteSeen{item, note});
    } else if (++known->second == notes_told_every) {
      tell_noted_again(known->first, known->second);
    }
  }

  void tell_noted_again(const std::string& signature, std::uint64_t& more) {
    if (more > 0) tell(NoteSeenAgain{signature, std::exchange(more, 0)});
  }

  void tell_goal(const std::string& name, bool reached) {
    const auto [known, is_new] = goals_.try_emplace(name, reached);
    if (!is_new && (known->second || !reached)) return;
    known->second = reached;
    tell(GoalSeen{name, reached});
  }

  void tell_option(const std::string& name, std::int64_t value) {
    if (options_told_.insert(name).second) tell(OptionAsked{name, value});
  }

  const SearchOptions& options_;
  SearchShare share_;
  WorkerPort& port_;
  ReachedSites reached_;
  CaseRunner runner_;
  std::uint64_t cases_before_ = 0;  // of the kinds before
  std::vector<Plan> plans_;         // of the cases from planned_ to planned_end_
  Case planned_;
  std::uint64_t planned_end_ = 0;
  std::map<std::string, std::uint64_t> noted_;  // by signature: cases that are not told yet
  std::map<std::string, bool> goals_;
  std::set<std::string> options_told_;
  std::set<std::string> found_;  // signatures
};

}  // namespace

std::uint64_t calm_count(const CaseMix& mix) { return (mix.sync ? 1U : 0U) + (mix.lazy ? 1U : 0U); }

void search_share(const Scenario& scenario, const SearchOptions& options, const SearchShare& share,
                  WorkerPort& port) {
  SearchWorker(scenario, options, share, port).run();
}

}  // namespace reprise
