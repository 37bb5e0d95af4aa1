#include "scenarios/leveldb/workload.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise::level_db {

namespace {

constexpr int keys = 6;
constexpr const char* path = "db";

std::string key_text(int key) { return "key" + std::to_string(key); }

/// A number, and one letter many times.
std::string value_text(int value, std::int64_t filler) {
  return std::to_string(value) + ':' +
         std::string(static_cast<std::size_t>(filler), static_cast<char>('a' + value % 26));
}

/// -1 if it is not the text of any number.
int value_of(const std::string& text, std::int64_t filler_max) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  if (value < 0) return -1;
  for (const std::int64_t filler : {value * 1'097 % filler_max, filler_max}) {
    if (text == value_text(value, filler)) return value;
  }
  return -1;
}

class Writes {
 public:
  Writes(Sim& sim, const Setting& setting)
      : sim_(sim),
        setting_(setting),
        engine_(sim),
        kept_(sim, "the database", [this](int key) { return look(key); }) {}

  void recover() {
    engine_.restart();
    db_.emplace(engine_, path, setting_.opening);
    sim_.expect_eq(db_->last_error(), "OK", "what opening the database gives");
  }

  void begin() {
    db_.emplace(engine_, path, setting_.opening);
    if (!db_->is_open()) return;  // an I/O has failed, or the disk has lied
    serving_ = setting_.clients;
    for (std::uint32_t i = 0; i < setting_.clients; ++i) {
      sim_.task("client", i, [this] { serve(); });
    }
  }

 private:
  using Values = Durable<int, int>::Values;

  void serve() {
    for (std::uint32_t i = 0; i < setting_.writes; ++i) {
      switch (sim_.choose("what", 8)) {
        case 0:
        case 1:
        case 2: put(1); break;
        case 3:
        case 4: put(3); break;
        case 5: remove(); break;
        case 6: static_cast<void>(db_->get(key_text(any_key()))); break;
        case 7: db_->compact(); break;
      }
    }
    if (--serving_ == 0) db_->close();
  }
  int any_key() { return static_cast<int>(sim_.choose("key", keys)); }

  void put(int count) {
    Values values;
    std::vector<Database::Change> changes;
    const int first = any_key();
    for (int i = 0; i < count; ++i) {
      const int key = (first + i) % keys;
      const int value = ++values_;
      values.emplace_back(key, value);
      changes.emplace_back(key_text(key),
                           value_text(value, value * 1'097 % setting_.value_bytes_max));
    }
    change(values, changes);
  }
  void remove() {
    const int key = any_key();
    change({{key, std::nullopt}}, {{key_text(key), std::nullopt}});
  }
  void change(const Values& values, const std::vector<Database::Change>& changes) {
    const auto write = [&] {
      const bool is_acknowledged = db_->write(changes, setting_.syncs) && setting_.keeps_writes;
      return is_acknowledged ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(IOError::busy);
    };
    static_cast<void>(kept_.commit(values, write));
  }

  std::optional<int> look(int key) {
    if (!db_->is_open()) return std::nullopt;
    const auto text = db_->get(key_text(key));
    if (!text) return std::nullopt;
    return value_of(*text, setting_.value_bytes_max);
  }

  Sim& sim_;
  Setting setting_;
  Engine engine_;
  std::optional<Database> db_;
  Durable<int, int> kept_;
  std::uint32_t serving_ = 0;  // clients that are not done
  int values_ = 0;             // given to keys
};

class Load {
 public:
  Load(Sim& sim, const Loading& loading) : sim_(sim), loading_(loading), engine_(sim) {}

  void recover() {
    engine_.restart();
    db_.emplace(engine_, path, Opening{});
    sim_.expect_eq(db_->last_error(), "OK", "what opening the database gives");
    if (!db_->is_open()) return;
    std::optional<int> missing;
    for (int row = 0; row < begun_; ++row) {
      const auto text = db_->get(key_text(row));
      const bool is_there = text && value_of(*text, loading_.value_bytes) == row;
      if (is_there && missing) {
        sim_.reached("a row is there, and one before it is not");
        if (loading_.has_no_holes) {
          sim_.expect(false, "no row to be there if one before it is not");
        }
      }
      if (is_there || missing) continue;
      missing = row;
      if (loading_.keeps_synced) {
        sim_.expect(row >= synced_, "every row up to the last synchronous write to be there");
      }
    }
  }

  void serve() {
    db_.emplace(engine_, path, Opening{});
    if (!db_->is_open()) return;
    for (std::uint32_t i = 1; i <= loading_.rows; ++i) {
      const int row = begun_++;
      const bool syncs = loading_.sync_every != 0 && i % loading_.sync_every == 0;
      const std::string value = value_text(row, loading_.value_bytes);
      if (db_->write({{key_text(row), value}}, syncs) && syncs) synced_ = begun_;
    }
    db_->close();
  }

 private:
  Sim& sim_;
  Loading loading_;
  Engine engine_;
  std::optional<Database> db_;
  int begun_ = 0;   // rows whose write was begun
  int synced_ = 0;  // rows up to the last synchronous write
};

}  // namespace

void run_writes(Sim& sim, const Setting& setting) {
  Writes writes(sim, setting);
  // Whoever comes first changes a key first.
  sim.results_depend_on_timing();
  // Tables are read while logs are written.
  sim.reads_may_race_writes();
  sim.recovers([&] { writes.recover(); }, setting.disk);
  sim.task("begin", [&] { writes.begin(); });
  sim.run();
}

void run_loading(Sim& sim, const Loading& loading) {
  Load load(sim, loading);
  sim.recovers([&] { load.recover(); }, loading.disk);
  sim.task("client", [&] { load.serve(); });
  sim.run();
}

}  // namespace reprise::level_db
