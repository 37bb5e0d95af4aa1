// Clients share a pager: transactions of one to three pages, single reads, rollbacks, and a
// checkpointer beside them. The cache is so small that it must evict and spill. When all are done,
// a second pager opens the files, and must find what was committed.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "scenarios/pager/checkpoint.h"
#include "scenarios/pager/model.h"
#include "scenarios/pager/pager.h"

namespace reprise::pager {
namespace {

class Workload {
 public:
  Workload(Sim& sim, Defect defect, const Faults& faults)
      : sim_(sim),
        faults_(faults),
        pages_max_(static_cast<std::uint32_t>(sim.option("pages", 5))),
        cache_frames_(frames_of(sim, sim.option("cache_frames", 0))),
        database_(sim.open("database")),
        log_(sim.open("log")),
        pager_(database_, log_, {.cache_frames = cache_frames_, .defect = defect}) {
    sim.survives(faults);
    sim.reads_may_race_writes();  // a load that a commit has overtaken is not used
  }

  void run() {
    const auto clients = static_cast<std::uint32_t>(sim_.option("clients", 3));
    const std::int64_t transactions = sim_.option("transactions", 4);
    const std::int64_t checkpoints = sim_.option("checkpoints", 2);
    running_ = clients + 1;
    for (std::uint32_t i = 0; i < clients; ++i) {
      Session& session = sessions_.emplace_back(pager_);
      sim_.task("client", i, [this, &session, transactions] {
        for (std::int64_t t = 0; t < transactions; ++t) {
          if (sim_.choose("work", 4) == 3) {
            read_some(session);
          } else {
            change_some(session);
          }
        }
        end_task();
      });
    }
    sim_.task("checkpointer", [this, checkpoints] {
      for (std::int64_t i = 0; i < checkpoints; ++i) checkpoint();
      end_task();
    });
    add_checks();
    sim_.run();
  }

 private:
  // A few at most, so that pages are evicted and spilled.
  static std::size_t frames_of(Sim& sim, std::int64_t option) {
    return option > 0 ? static_cast<std::size_t>(option) : 2 + sim.choose("cache_frames", 3);
  }

  void change_some(Session& session);
  bool change(Session& session, PageNumber page, std::int64_t amount, Model::Pages& changes);
  void read_some(Session& session);
  void checkpoint();
  void end_task();
  void verify();
  std::optional<Model::Pages> reopen();
  void add_checks();
  void add_goals();

  // A failed expectation ends the run, but not before the task has come to its next wait.
  bool expect(bool holds, std::string_view what, CodeLocation place = CodeLocation::current()) {
    sim_.expect(holds, what, place);
    return holds;
  }
  // Without faults, no operation may fail.
  template <class T>
  bool went_well(const Outcome<T>& outcome) {
    const bool may_fail = faults_.errors || faults_.refusals || faults_.cancels;
    sim_.expect(outcome.ok() || may_fail, "an operation fails only where an I/O does");
    return outcome.ok();
  }

  Sim& sim_;
  const Faults faults_;
  const std::uint32_t pages_max_;
  const std::size_t cache_frames_;
  File& database_;
  File& log_;
  Pager pager_;
  Checkpoint checkpoint_{pager_};
  std::deque<Session> sessions_;
  Model model_;
  std::uint32_t running_ = 0;
};

void Workload::change_some(Session& session) {
  if (!went_well(sim_.await([&] { return session.begin(); }))) return;
  Model::Pages changes;
  // The calm choices are lively ones, too: three pages, each another one.
  const std::uint32_t count = 3 - sim_.choose("size", 3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto known = static_cast<std::uint32_t>(session.page_count());
    const std::uint32_t range = std::min(known + 1, pages_max_);
    const PageNumber page = 1 + (i + sim_.choose("page", range)) % range;
    // One page gains what another loses.
    const bool paired = i + 1 < count || count % 2 == 0;
    const std::int64_t amount = !paired ? 0 : i % 2 == 0 ? 1 : -1;
    if (!change(session, page, amount, changes)) return session.rollback();
  }
  if (sim_.choose("second_thoughts", 8) == 7) return session.rollback();
  if (went_well(sim_.await([&] { return session.commit(); }))) {
    model_.committed(changes);
  } else {
    model_.failed(changes);
  }
}

// Writes a new version of a page; false if it cannot.
bool Workload::change(Session& session, PageNumber page, std::int64_t amount,
                      Model::Pages& changes) {
  Content content{page, 0, 0};
  if (page > session.page_count()) {
    const auto allocated = sim_.await([&] { return session.allocate(); });
    if (!went_well(allocated)) return false;
    sim_.expect(allocated.value() == page, "a new page follows on the last one");
  } else {
    const auto bytes = sim_.await([&] { return session.read(page); });
    if (!went_well(bytes)) return false;
    const auto own = changes.find(page);
    const std::optional<Content> found = parse_page(bytes.value());
    if (!expect(found.has_value(), "a page is whole")) return false;
    content = *found;
    const Content latest = own != changes.end() ? own->second : model_.at(page);
    sim_.expect(content == latest, "a transaction reads its own pages, or the committed ones");
  }
  content.version = model_.new_version();
  content.amount += amount;
  const Page bytes = make_page(content);
  if (!went_well(sim_.await([&] { return session.write(page, bytes); }))) return false;
  changes[page] = content;
  return true;
}

void Workload::read_some(Session& session) {
  for (int i = 0; i < 2 && pager_.page_count() > 0; ++i) {
    const auto known = static_cast<std::uint32_t>(pager_.page_count());
    const PageNumber page = 1 + sim_.choose("page", known);
    const std::uint64_t version = model_.at(page).version;
    const auto bytes = sim_.await([&] { return session.read(page); });
    if (!went_well(bytes)) continue;
    const std::optional<Content> found = parse_page(bytes.value());
    if (!expect(found.has_value(), "a page is whole")) return;
    sim_.expect(found->page == page, "a read gives the page asked for");
    sim_.expect(model_.was_committed(*found, version), "a read sees what is committed");
  }
}

void Workload::checkpoint() {
  const std::uint32_t pause = sim_.choose("pause", 32);
  for (std::uint32_t i = 0; i < pause; ++i) sim_.yield();
  if (went_well(sim_.await([&] { return checkpoint_.run(); }))) model_.log_emptied();
}

void Workload::end_task() {
  running_ -= 1;
  if (running_ == 0) verify();
}

void Workload::verify() {
  sim_.expect(!pager_.lock().held(), "nobody holds the write lock any more");
  sim_.expect(pager_.cache().pins() == 0, "no page is pinned any more");
  const std::optional<Model::Pages> found = reopen();
  if (!found) return;
  sim_.expect(model_.may_recover(*found), "recovery finds what was committed");
  std::int64_t sum = 0;
  for (const auto& [page, content] : *found) sum += content.amount;
  sim_.expect(sum == 0, "what one page gained another has lost");
  sim_.reached("recovered");
}

// All pages as a second pager finds them; nothing if the disk does not give them.
std::optional<Model::Pages> Workload::reopen() {
  Pager pager(database_, log_, {.cache_frames = cache_frames_});
  Session session(pager);
  if (!went_well(sim_.await([&] { return pager.recover(); }))) return std::nullopt;
  Model::Pages pages;
  for (PageNumber page = 1; page <= pager.page_count(); ++page) {
    const auto bytes = sim_.await([&] { return session.read(page); });
    if (!went_well(bytes)) return std::nullopt;
    const std::optional<Content> found = parse_page(bytes.value());
    if (!expect(found.has_value(), "a recovered page is whole")) return std::nullopt;
    pages[page] = *found;
  }
  return pages;
}

void Workload::add_checks() {
  sim_.always("the cache is sound", [this] { return pager_.cache().sound(); });
  sim_.always("the log's index names only written frames", [this] { return pager_.wal().sound(); });
  sim_.always("dirty pages are those of an open transaction", [this] {
    return std::ranges::all_of(sessions_, [](const Session& session) { return session.sound(); });
  });
  sim_.always("each pin has an operation that answers for it", [this] {
    std::uint64_t pins = 0;
    for (const Session& session : sessions_) pins += session.pins();
    return pins == pager_.cache().pins();
  });
  sim_.finally("all tasks came to their end", [this] { return running_ == 0; });
  add_goals();
}

void Workload::add_goals() {
  const PagerStats& stats = pager_.stats();
  sim_.sometimes("evicted", [this] { return pager_.cache().evictions() > 0; });
  sim_.sometimes("spilled", [&stats] { return stats.spills > 0; });
  sim_.sometimes("checkpointed", [&stats] { return stats.checkpoints > 0; });
  sim_.sometimes("rolled back", [&stats] { return stats.rollbacks > 0; });
  sim_.sometimes("waited for the lock", [&stats] { return stats.lock_waits > 0; });
  sim_.sometimes("waited for room", [&stats] { return stats.room_waits > 0; });
  sim_.sometimes("overtaken by a commit", [&stats] { return stats.overtaken_loads > 0; });
  if (faults_.errors) {
    sim_.sometimes("commit failed", [&stats] { return stats.failed_commits > 0; });
  }
  if (faults_.short_io)
    sim_.sometimes("went on after a short write", [&stats] { return stats.resumed_writes > 0; });
}

constexpr Faults no_faults{};
constexpr Faults all_but_crashes{
    .errors = true, .refusals = true, .retries = true, .short_io = true, .cancels = true};

SCENARIO("pager/timing") { Workload(sim, Defect::none, no_faults).run(); }
SCENARIO("pager/clients") { Workload(sim, Defect::none, all_but_crashes).run(); }

// The same workload over a pager with one mistake in it.

constexpr Faults faults_for(Defect defect) {
  switch (defect) {
    case Defect::keeps_pin_on_error: return {.errors = true};
    case Defect::takes_short_write: return {.short_io = true};
    default: return no_faults;
  }
}

template <Defect defect>
void broken(Sim& sim) {
  Workload(sim, defect, faults_for(defect)).run();
}
template <Defect defect>
void mended(Sim& sim) {
  Workload(sim, Defect::none, faults_for(defect)).run();
}

#define PAGER_CANARY(name, check, defect) CANARY(name, check, broken<defect>, mended<defect>)

PAGER_CANARY("pager/publishes-before-write", "invariant", Defect::publishes_before_write);
PAGER_CANARY("pager/evicts-dirty", "invariant", Defect::evicts_dirty);
PAGER_CANARY("pager/keeps-pin-on-error", "invariant", Defect::keeps_pin_on_error);
PAGER_CANARY("pager/counts-spill-twice", "double-mutation", Defect::counts_spill_twice);
PAGER_CANARY("pager/takes-short-write", "invariant", Defect::takes_short_write);
PAGER_CANARY("pager/unlocks-before-sync", "invariant", Defect::unlocks_before_sync);

}  // namespace
}  // namespace reprise::pager
