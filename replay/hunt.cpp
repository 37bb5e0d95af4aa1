#include <reprise/replay/hunt.h>
#include <reprise/replay/record.h>
#include <reprise/replay/worker_clock.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

// One run in so many is made twice, to see that both are the same.
constexpr std::uint64_t twice_every = 64;
// With keep_going: hangs and deaths cost so much more than runs that a few must do.
constexpr std::uint64_t hangs_max = 5;
constexpr std::uint64_t deaths_max = 2'000;
constexpr std::uint64_t tick_ms = 50;
// A worker tells the first case of a note at once, and how many more there were every so many.
constexpr std::uint64_t notes_told_every = 1'000;

// In place of a number: the sweep is being made, from a run of its base.
constexpr std::uint64_t preparing = (std::uint64_t{1} << 56) - 1;

enum Counter : std::size_t { runs, failed, events, faults, runs_twice };

enum class Word : std::uint8_t {
  finding,
  note,
  noted_again,
  goal,
  option,
  size,
  total,
  place,
  site,
  sweep_cut,
  time_over,
};

constexpr std::array kinds = {CaseKind::calm,       CaseKind::sweep_sync, CaseKind::sweep_lazy,
                              CaseKind::pairs_sync, CaseKind::pairs_lazy, CaseKind::random};

bool is_lazy(CaseKind kind) { return kind == CaseKind::sweep_lazy || kind == CaseKind::pairs_lazy; }
bool is_pairs(CaseKind kind) {
  return kind == CaseKind::pairs_sync || kind == CaseKind::pairs_lazy;
}
std::size_t index_of(CaseKind kind) { return static_cast<std::size_t>(kind); }

std::uint64_t calm_count(const CaseMix& mix) { return (mix.sync ? 1U : 0U) + (mix.lazy ? 1U : 0U); }

// A worker's part of the cases: every `of`-th, from `index` on.
struct Share {
  std::uint32_t index = 0;
  std::uint32_t of = 1;
  Case from;
  /// Bases whose calm run is deadly: neither it nor the base's sweep is run again.
  bool skip_sync = false;
  bool skip_lazy = false;
  bool skip_pairs = false;  // a plan at distance 1 is deadly
  std::uint64_t begun_ms = 0;
};

// The worker's side.
class Hunter {
 public:
  Hunter(const Scenario& scenario, const HuntOptions& options, const Share& share, WorkerPort& port)
      : options_(options), share_(share), port_(port), runner_(scenario, case_options()) {
    runner_.on_counting([&](const Case& item) {
      port_.page().position = pack(item);
      port_.beat();
    });
  }

  void run() {
    for (const CaseKind kind : kinds) {
      if (!is_wanted(kind)) continue;
      if (!run_kind(kind, count(kind))) break;
    }
    for (auto& [signature, more] : noted_) tell_noted_again(signature, more);
    for (const SitePlace& site : reached_.places()) tell_site(site);
  }

 private:
  CaseOptions case_options() {
    CaseOptions cases = options_.cases;
    cases.run.heartbeat = [](void* context) { static_cast<WorkerPort*>(context)->beat(); };
    cases.run.heartbeat_context = &port_;
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
      case CaseKind::random: break;
    }
    return mix.random_max > 0;
  }

  bool is_left_out(const Case& item) const {
    if (item.kind != CaseKind::calm) return false;
    return item.number == 0 ? share_.skip_sync || !options_.mix.sync
                            : share_.skip_lazy || !options_.mix.lazy;
  }

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
    const std::uint64_t count = runner_.count(kind);
    cases_before_ += count;
    tell(Word::size, std::to_string(index_of(kind)), count);
    tell(Word::total, std::to_string(index_of(kind)), runner_.total(kind));
    const bool is_first = share_.index == 0 && share_.from == Case{};
    if (options_.surveys && is_first && !is_pairs(kind)) {
      for (const auto& [place, plans] : runner_.places(kind)) tell(Word::place, place, plans);
    }
    return count;
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

  // False: there is nothing more to do.
  bool run_kind(CaseKind kind, std::uint64_t end) {
    if (kind < share_.from.kind) return true;
    std::uint64_t number = share_.index;
    if (kind == share_.from.kind) {
      while (number < share_.from.number) number += share_.of;
    }
    for (; number < end; number += share_.of) {
      const Case item{kind, number};
      if (is_left_out(item)) continue;
      if (pack(item) >= port_.page().stop_before) return false;
      if (kind != CaseKind::calm && is_time_over(kind)) {
        tell(kind == CaseKind::random ? Word::time_over : Word::sweep_cut, {}, 0);
        return true;
      }
      if (!run_case(item)) return false;
    }
    return true;
  }

  bool run_case(const Case& item) {
    port_.page().position = pack(item);
    port_.beat();
    const bool twice = item.number % twice_every == 0;
    const RunResult result = runner_.run(item, twice);
    add(runs, 1);
    add(events, result.stats.events);
    add(faults, result.stats.faults);
    if (twice) add(runs_twice, 1);
    for (const Finding& note : result.notes) tell_note(note, item);
    for (const auto& [name, reached] : result.goals) tell_goal(name, reached);
    for (const auto& [name, value] : result.options_asked) tell_option(name, value);
    if (!result.finding) return true;
    add(failed, 1);
    RecordWriter record;
    record.number(static_cast<std::uint64_t>(Word::finding));
    record.text(result.finding->signature);
    record.text(result.finding->check);
    record.number(pack(item));
    port_.send(record.bytes());
    return options_.keep_going;
  }

  void add(Counter counter, std::uint64_t value) {
    port_.page().counters[counter].fetch_add(value, std::memory_order_relaxed);
  }

  void tell(Word word, std::string_view name, std::uint64_t value) {
    RecordWriter record;
    record.number(static_cast<std::uint64_t>(word));
    record.text(name);
    record.number(value);
    port_.send(record.bytes());
  }

  void tell_note(const Finding& note, const Case& item) {
    const auto [known, is_new] = noted_.try_emplace(note.signature, 0);
    if (is_new) {
      RecordWriter record;
      record.number(static_cast<std::uint64_t>(Word::note));
      record.text(note.signature);
      record.number(pack(item));
      record.finding(note);
      port_.send(record.bytes());
    } else if (++known->second == notes_told_every) {
      tell_noted_again(known->first, known->second);
    }
  }

  void tell_noted_again(const std::string& signature, std::uint64_t& more) {
    if (more > 0) tell(Word::noted_again, signature, std::exchange(more, 0));
  }

  void tell_site(const SitePlace& site) {
    RecordWriter record;
    record.number(static_cast<std::uint64_t>(Word::site));
    record.text(site.file);
    record.number(static_cast<std::uint64_t>(site.line));
    record.text(site.function);
    record.text(site.expression);
    port_.send(record.bytes());
  }

  void tell_goal(const std::string& name, bool reached) {
    const auto [known, is_new] = goals_.try_emplace(name, reached);
    if (!is_new && (known->second || !reached)) return;
    known->second = reached;
    tell(Word::goal, name, reached ? 1 : 0);
  }

  void tell_option(const std::string& name, std::int64_t value) {
    if (options_told_.insert(name).second) {
      tell(Word::option, name, static_cast<std::uint64_t>(value));
    }
  }

  const HuntOptions& options_;
  Share share_;
  WorkerPort& port_;
  ReachedSites reached_;
  CaseRunner runner_;
  std::uint64_t cases_before_ = 0;              // of the kinds before
  std::map<std::string, std::uint64_t> noted_;  // by signature: cases that are not told yet
  std::map<std::string, bool> goals_;
  std::set<std::string> options_told_;
};

// The supervisor's side.
class Hunt {
 public:
  Hunt(const Scenario& scenario, const HuntOptions& options)
      : scenario_(scenario), options_(options), pool_(options.worker) {}

  HuntResult run() && {
    begun_ms_ = worker_clock_ms();
    result_.sizes[index_of(CaseKind::calm)] = calm_count(options_.mix);
    const std::uint32_t workers = std::max(options_.workers, std::uint32_t{1});
    for (std::uint32_t i = 0; i < workers && result_.failure.empty(); ++i) {
      Share share;
      share.index = i;
      share.of = workers;
      start(share);
    }
    while (!pool_.empty()) {
      for (const WorkerEvent& event : pool_.wait(tick_ms)) take(event);
      if (!result_.is_stopped && options_.stopped && options_.stopped()) {
        result_.is_stopped = true;
        lower_limit(0);
      }
      show_progress();
    }
    result_.milliseconds = worker_clock_ms() - begun_ms_;
    if (!options_.keep_going) forget_what_came_later();
    return std::move(result_);
  }

 private:
  void start(Share share) {
    share.skip_sync = skip_sync_;
    share.skip_lazy = skip_lazy_;
    share.skip_pairs = deaths_ > 0;
    share.begun_ms = begun_ms_;
    const std::optional<WorkerId> id = pool_.start([&](WorkerPort& port) {
      port.page().stop_before = limit_;
      Hunter(scenario_, options_, share, port).run();
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
    if (result_.sightings.empty()) return;
    Case first = result_.sightings.begin()->second.first;
    for (const auto& [signature, sighting] : result_.sightings) {
      first = std::min(first, sighting.first);
    }
    std::erase_if(result_.sightings,
                  [&](const auto& entry) { return entry.second.first != first; });
    result_.sightings.begin()->second.count = 1;
    result_.failed = 1;
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
    RecordReader record(event.record);
    const auto word = static_cast<Word>(record.number());
    const std::string name = record.text();
    switch (word) {
      case Word::finding: {
        const std::string check = record.text();
        take_sighting(name, check, unpack(record.number()), {});
        break;
      }
      case Word::note: {
        const Case item = unpack(record.number());
        take_note(name, item, record.finding());
        break;
      }
      case Word::noted_again: result_.notes[name].count += record.number(); break;
      case Word::goal: {
        bool& reached = result_.goals[name];
        reached = reached || record.number() != 0;
        break;
      }
      case Word::option:
        result_.options_asked[name] = static_cast<std::int64_t>(record.number());
        break;
      case Word::size: result_.sizes[std::stoul(name)] = record.number(); break;
      case Word::total: result_.totals[std::stoul(name)] = record.number(); break;
      case Word::place: result_.places[name] += record.number(); break;
      case Word::site: {
        const int line = static_cast<int>(record.number());
        const std::string function = record.text();
        result_.reached.insert({name, line, function, record.text()});
        break;
      }
      case Word::sweep_cut: result_.is_sweep_cut = true; break;
      case Word::time_over: result_.is_time_over = true; break;
    }
  }

  void take_sighting(const std::string& signature, const std::string& check, const Case& item,
                     const WorkerEnd& end) {
    const auto [known, is_new] = result_.sightings.try_emplace(signature);
    Sighting& sighting = known->second;
    if (is_new || item < sighting.first) {
      sighting.first = item;
      sighting.check = check;
      sighting.end = end;
    }
    ++sighting.count;
    if (!options_.keep_going) lower_limit(pack(item));
  }

  void take_note(const std::string& signature, const Case& item, Finding note) {
    const auto [known, is_new] = result_.notes.try_emplace(signature);
    Noted& noted = known->second;
    if (is_new || item < noted.first) {
      noted.first = item;
      noted.note = std::move(note);
    }
    ++noted.count;
  }

  void take_end(WorkerId id, const WorkerEnd& end) {
    const auto node = shares_.extract(id);
    const WorkerPage& page = pool_.page(id);
    result_.runs += page.counters[runs];
    result_.failed += page.counters[failed];
    result_.events += page.counters[events];
    result_.faults += page.counters[faults];
    result_.runs_twice += page.counters[runs_twice];
    if (!end.died()) return;

    Case item = unpack(page.position);
    Share share = node.mapped();
    share.from = {item.kind, item.number + 1};
    const bool is_preparing = item.number == preparing;
    if (is_preparing) {  // the calm case's death, seen once more, or that of the serial one
      share.from = {static_cast<CaseKind>(static_cast<std::uint8_t>(item.kind) + 1), 0};
      const bool lazy = item.kind == CaseKind::sweep_lazy;
      const bool is_known = lazy ? skip_lazy_ : skip_sync_;
      item = {CaseKind::calm, (lazy ? 1U : 0U) + (is_known ? 0U : calm_case_count)};
    } else {
      ++result_.runs;
      ++result_.failed;
    }
    if (item.kind == CaseKind::calm) (item.number % 2 == 0 ? skip_sync_ : skip_lazy_) = true;
    take_sighting(death_signature(scenario_, end.rule), "crash", item, end);
    ++deaths_;
    if (end.rule == "hang") ++hangs_;
    const bool is_enough = hangs_ >= hangs_max || deaths_ >= deaths_max;
    if (is_enough) lower_limit(0);
    if (options_.keep_going && !is_enough && !result_.is_stopped) start(share);
  }

  void show_progress() {
    if (!options_.on_progress) return;
    HuntProgress progress;
    progress.runs = result_.runs;
    for (const auto& [id, share] : shares_) progress.runs += pool_.page(id).counters[runs];
    progress.runs_expected = options_.mix.random_max;
    progress.milliseconds = worker_clock_ms() - begun_ms_;
    progress.findings = result_.sightings.size();
    options_.on_progress(progress);
  }

  const Scenario& scenario_;
  const HuntOptions& options_;
  WorkerPool pool_;
  std::map<WorkerId, Share> shares_;
  HuntResult result_;
  std::uint64_t begun_ms_ = 0;
  std::uint64_t limit_ = UINT64_MAX;
  std::uint64_t deaths_ = 0;
  std::uint64_t hangs_ = 0;
  bool skip_sync_ = false;
  bool skip_lazy_ = false;
};

}  // namespace

std::uint64_t HuntResult::ordinal_of(const Case& item) const {
  const std::uint64_t calm_size = sizes[index_of(CaseKind::calm)];
  if (item.kind == CaseKind::calm) return calm_size == calm_case_count ? item.number + 1 : 1;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < index_of(item.kind); ++i) before += sizes[i];
  return before + item.number + 1;
}

HuntResult hunt(const Scenario& scenario, const HuntOptions& options) {
  return Hunt(scenario, options).run();
}

std::string death_signature(const Scenario& scenario, const std::string& rule) {
  return fmt::format("crash {}: {}", scenario.name, rule);
}

}  // namespace reprise
