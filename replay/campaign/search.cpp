#include <reprise/replay/campaign/search.h>

#include <reprise/replay/campaign/search_message.h>
#include <reprise/replay/campaign/search_worker.h>
#include <reprise/replay/worker/clock.h>
#include <reprise/replay/worker/crash_finding.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <set>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace reprise {

namespace {

// With keep_going: hangs and deaths cost so much more than runs that a few must do.
constexpr std::uint64_t hangs_max = 5;
constexpr std::uint64_t deaths_max = 2'000;
// Somebody ends our workers faster than they can work.
constexpr std::uint64_t outside_ends_in_all_max = 100;
// In a fresh process: else it was the runs before that filled the memory.
constexpr std::uint32_t memory_ends_max = 2;
// What an interrupted run may still take.
constexpr std::uint64_t last_moment_ms = 300;
// A worker that was silent for less when it was ended had only no time.
constexpr std::uint64_t cut_off_ms_min = 200;

// The supervisor's side.
class Search {
 public:
  Search(const Scenario& scenario, const SearchOptions& options)
      : scenario_(scenario), options_(options), pool_(options.worker) {}

  SearchResult run() && {
    begun_ms_ = worker_clock_ms();
    pool_.dismiss_at(options_.deadline_ms);
    const CaseShard& shard = result_.shard = options_.shard;
    const bool has_sync = options_.mix.sync && shard.has(0);
    const bool has_lazy = options_.mix.lazy && shard.has(1);
    result_.sizes[index_of(CaseKind::calm)] = (has_sync ? 1U : 0U) + (has_lazy ? 1U : 0U);
    const std::uint32_t workers = std::max(options_.workers, std::uint32_t{1});
    for (std::uint32_t i = 0; i < workers && result_.failure.empty(); ++i) {
      SearchShare share;
      share.index = shard.index + i * shard.of;
      share.of = workers * shard.of;
      start(share);
    }
    while (!pool_.empty()) {
      for (const WorkerEvent& event : pool_.wait(worker_tick_ms)) take(event);
      if (!result_.is_stopped && options_.stopped && options_.stopped()) {
        result_.is_stopped = true;
        lower_limit(0);
        pool_.dismiss_at(std::min(options_.deadline_ms, worker_clock_ms() + last_moment_ms));
      }
      show_progress();
    }
    result_.milliseconds = worker_clock_ms() - begun_ms_;
    for (const auto& [kind, points] : points_) {
      for (const auto& [point, plans] : points) result_.points[point] += plans;
    }
    // Cut off by something else before that, too.
    if (limit_ != UINT64_MAX) result_.random_until.reset();
    remark();
    if (!options_.keep_going) forget_what_came_later();
    return std::move(result_);
  }

 private:
  void start(SearchShare share) {
    share.skip_sync = skip_sync_;
    share.skip_lazy = skip_lazy_;
    share.skip_pairs = deaths_ > 0;
    share.begun_ms = begun_ms_;
    const std::optional<WorkerId> id = pool_.start([&](WorkerPort& port) {
      port.page().stop_before = limit_;
      search_share(scenario_, options_, share, port);
    });
    if (!id) {
      result_.failure = "the system has no room for another process";
      return;
    }
    pool_.page(*id).stop_before = limit_;
    shares_.emplace(*id, share);
  }

  void lower_limit(std::uint64_t limit) {
    limit_ = std::min(limit_, limit);
    for (const auto& [id, share] : shares_) pool_.page(id).stop_before = limit_;
  }

  // Workers that were ahead of the first case with a finding have seen more than a single one
  // would.
  void forget_what_came_later() {
    if (result_.hits.empty()) return;
    Case first = result_.hits.begin()->second.first;
    for (const auto& [signature, hit] : result_.hits) {
      first = std::min(first, hit.first);
    }
    std::erase_if(result_.hits, [&](const auto& entry) { return entry.second.first != first; });
    // A deadly calm run of another shard is not counted here.
    result_.failed = options_.shard.has(first.number) ? 1 : 0;
    result_.hits.begin()->second.count = result_.failed;
    result_.runs = result_.ordinal_of(first);
    std::erase_if(result_.notes, [&](const auto& entry) { return entry.second.first > first; });
    for (auto& [signature, noted] : result_.notes) {
      noted.count = std::min(noted.count, result_.runs);
    }
  }

  void take(const WorkerEvent& event) {
    if (event.end) {
      take_end(event.worker, *event.end);
      return;
    }
    auto message = from_bytes<SearchMessage>(event.record);
    std::visit([this](auto& of_kind) { this->take(std::move(of_kind)); }, message);
  }

  void take(FindingSeen seen) {
    Hit hit;
    hit.first = seen.item;
    hit.check = std::move(seen.check);
    if (seen.finding) hit.finding = *std::move(seen.finding);
    take_hit(seen.signature, std::move(hit));
  }

  void take_hit(const std::string& signature, Hit seen) {
    const Case item = seen.first;
    const auto [known, is_new] = result_.hits.try_emplace(signature);
    Hit& hit = known->second;
    seen.count = hit.count + (options_.shard.has(item.number) ? 1 : 0);
    if (is_new || item < hit.first) {
      if (!is_new && seen.finding.signature.empty()) seen.finding = std::move(hit.finding);
      hit = std::move(seen);
    } else {
      hit.count = seen.count;
    }
    if (!options_.keep_going) lower_limit(pack(item));
  }

  void take(NoteSeen seen) {
    const auto [known, is_new] = result_.notes.try_emplace(seen.note.signature);
    Noted& noted = known->second;
    if (is_new || seen.item < noted.first) {
      noted.first = seen.item;
      noted.note = std::move(seen.note);
    }
    ++noted.count;
  }

  void take(const NoteSeenAgain& seen) { result_.notes[seen.signature].count += seen.count; }

  void take(const GoalSeen& goal) {
    bool& reached = result_.goals[goal.name];
    reached = reached || goal.is_reached;
  }

  void take(const OptionAsked& option) { result_.options_asked[option.name] = option.value; }

  void take(CasesCounted cases) {
    result_.sizes[index_of(cases.kind)] = cases.size;
    result_.totals[index_of(cases.kind)] = cases.total;
    points_[cases.kind].merge(cases.points);
  }

  void take(SitesReached reached) {
    for (SiteLocation& site : reached.sites) result_.reached.insert(std::move(site));
  }

  void take(const CrashesExplored& explored) { result_.crashes += explored.counts; }

  void take(const SweepCut&) { result_.is_sweep_cut = true; }
  void take(const TimeOver& over) { take_time_over(over.next); }

  // `next` is the number of the first random case that a worker has not run.
  void take_time_over(std::uint64_t next) {
    result_.is_time_over = true;
    result_.random_until = std::min(result_.random_until.value_or(next), next);
  }

  void take_end(WorkerId id, const WorkerEnd& end) {
    const auto node = shares_.extract(id);
    const WorkerPage& page = pool_.page(id);
    result_.runs += page.counters[search_counter::runs];
    result_.failed += page.counters[search_counter::failed];
    result_.events += page.counters[search_counter::events];
    result_.faults += page.counters[search_counter::faults];
    result_.power_losses += page.counters[search_counter::power_losses];
    result_.runs_twice += page.counters[search_counter::runs_twice];
    if (!end.died()) return;
    const std::uint64_t position = page.position;
    if (end.is_dismissed()) return take_dismissal(end, unpack(position));
    SearchShare share = node.mapped();
    if (const std::uint64_t next = page.counters[search_counter::next_case]; next != 0) {
      share.from = std::max(share.from, unpack(next));
    }
    if (is_tried_again(end, position)) return start(share);
    take_death(end, share, unpack(position));
  }

  void take_dismissal(const WorkerEnd& end, const Case& item) {
    if (!result_.is_stopped && item.kind == CaseKind::random) take_time_over(item.number);
    if (!result_.is_stopped && item.kind != CaseKind::random) result_.is_sweep_cut = true;
    if (end.silent_ms < cut_off_ms_min) return;
    result_.cut_off.push_back(fmt::format(
        "a run of {} had not ended when {}: it had computed or slept for {} ms without an event",
        scenario_.name, result_.is_stopped ? "it was interrupted" : "the time was over",
        end.silent_ms));
  }

  // What may have come from outside is first taken for that.
  bool is_tried_again(const WorkerEnd& end, std::uint64_t position) {
    const bool is_memory = end.death == Death::memory;
    if (!is_memory && !end.may_come_from_outside()) return false;
    std::uint64_t& told = is_memory ? grown_ : end.death == Death::stopped ? stopped_ : killed_;
    const std::uint32_t ends = ++ends_at_[position];
    if (ends >= (is_memory ? memory_ends_max : outside_ends_max)) {
      told -= std::min(told, std::uint64_t{ends - 1});  // they are told as a finding
      return false;
    }
    ++told;
    if (killed_ + stopped_ <= outside_ends_in_all_max) return !result_.is_stopped;
    result_.failure = "somebody kills the workers, again and again";
    lower_limit(0);
    return false;
  }

  void take_death(const WorkerEnd& end, SearchShare share, Case item) {
    if (!result_.failure.empty()) return;
    // A death while pairs are counted may belong to a case before those that are done.
    share.from = std::max(share.from, Case{item.kind, item.number + 1});
    const bool is_preparing = item.number == preparing;
    if (is_preparing) {
      share.from = {static_cast<CaseKind>(static_cast<std::uint8_t>(item.kind) + 1), 0};
      // The serial run's death. It may be the calm run's, seen once more: then that one's own case
      // comes before it.
      const bool lazy = item.kind == CaseKind::sweep_lazy;
      item = {CaseKind::calm, (lazy ? 1U : 0U) + calm_case_count};
    } else if (options_.shard.has(item.number)) {
      ++result_.runs;
      ++result_.failed;
    }
    if (item.kind == CaseKind::calm) (item.number % 2 == 0 ? skip_sync_ : skip_lazy_) = true;
    Hit seen;
    seen.first = item;
    seen.check = check_name::crash;
    seen.end = end;
    take_hit(death_signature(scenario_, end), std::move(seen));
    ++deaths_;
    if (end.has_hung()) ++hangs_;
    const bool is_enough = hangs_ >= hangs_max || deaths_ >= deaths_max;
    if (is_enough) lower_limit(0);
    if (options_.keep_going && !is_enough && !result_.is_stopped) start(share);
  }

  void remark() {
    const auto workers = [](std::uint64_t count) {
      return count == 1 ? std::string("a worker was") : fmt::format("{} workers were", count);
    };
    // Else the code under test does it by itself, and those were its victims, too.
    const WorkerEnd killed{.death = Death::signal, .signal = SIGKILL};
    const bool is_own_doing = result_.hits.contains(death_signature(scenario_, killed));
    if (killed_ > 0 && !is_own_doing) {
      result_.remarks.push_back(fmt::format(
          "{} killed from outside (SIGKILL; the system does that when memory runs out); what was "
          "left to run was run by others",
          workers(killed_)));
    }
    if (stopped_ > 0) {
      result_.remarks.push_back(
          fmt::format("{} stopped from outside (SIGSTOP) and did not go on; what was left to run "
                      "was run by others",
                      workers(stopped_)));
    }
    if (grown_ > 0) {
      result_.remarks.push_back(
          fmt::format("{} ended and replaced: the runs of {} had filled {} MB of memory and no "
                      "single one does, so something grows from run to run",
                      workers(grown_), scenario_.name, options_.worker.memory_bytes_max >> 20U));
    }
  }

  void show_progress() {
    if (!options_.on_progress) return;
    SearchProgress progress;
    progress.runs = result_.runs;
    for (const auto& [id, share] : shares_)
      progress.runs += pool_.page(id).counters[search_counter::runs];
    progress.runs_expected = options_.mix.random_max;
    progress.milliseconds = worker_clock_ms() - begun_ms_;
    progress.findings = result_.hits.size();
    progress.is_worker_stopped = pool_.has_stopped_worker();
    options_.on_progress(progress);
  }

  const Scenario& scenario_;
  const SearchOptions& options_;
  WorkerPool pool_;
  std::map<WorkerId, SearchShare> shares_;
  SearchResult result_;
  std::uint64_t begun_ms_ = 0;
  std::uint64_t limit_ = UINT64_MAX;
  std::uint64_t deaths_ = 0;
  std::uint64_t hangs_ = 0;
  std::map<std::uint64_t, std::uint32_t> ends_at_;  // by position: of what may come from outside
  std::uint64_t killed_ = 0;  // workers that somebody else has ended, and that were replaced
  std::uint64_t stopped_ = 0;
  std::uint64_t grown_ = 0;
  std::map<CaseKind, Points> points_;
  bool skip_sync_ = false;
  bool skip_lazy_ = false;
};

}  // namespace

std::uint64_t SearchResult::ordinal_of(const Case& item) const {
  const std::uint64_t calm_size = sizes[index_of(CaseKind::calm)];
  if (item.kind == CaseKind::calm) {
    if (calm_size == calm_case_count) return item.number + 1;
    return shard.index <= item.number ? calm_size : 0;
  }
  std::uint64_t before = calm_size;
  for (std::size_t i = 1; i < index_of(item.kind); ++i) before += shard.count_below(sizes[i]);
  return before + shard.count_below(item.number + 1);
}

SearchResult search(const Scenario& scenario, const SearchOptions& options) {
  return Search(scenario, options).run();
}

}  // namespace reprise
