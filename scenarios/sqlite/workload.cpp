#include "scenarios/sqlite/workload.h"

#include "scenarios/sqlite/connection.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise::sqlite {

namespace {

constexpr int keys = 6;

std::string number(std::int64_t value) { return std::to_string(value); }

class Workload {
 public:
  Workload(Sim& sim, const Setting& setting)
      : sim_(sim),
        setting_(setting),
        engine_(sim, setting.claims),
        kept_(sim, "the table", [this](int key) { return look(key); }) {}

  void recover() {
    engine_.restart();
    Connection& db = reader_.emplace(sim_, "db");
    set_up(db);
    const auto answer = db.ask("PRAGMA integrity_check");
    sim_.expect_eq(answer ? *answer : db.last_error(), "ok", "the integrity check");
  }

  /// Makes the database without I/O.
  void prepare() {
    const auto write = [&] {
      sqlite3* db = nullptr;
      sqlite3_open(":memory:", &db);
      const std::string sql = "PRAGMA page_size=" + number(setting_.page_bytes) + ';' + all_rows();
      sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
      sqlite3_int64 size = 0;
      unsigned char* const bytes = sqlite3_serialize(db, "main", &size, 0);
      constexpr unsigned char log_version = 2;  // in both: the database has a write-ahead log
      if (std::string_view(setting_.journal) == "WAL") bytes[18] = bytes[19] = log_version;
      sim_.write_file("db", std::as_bytes(std::span(bytes, static_cast<std::size_t>(size))));
      sqlite3_free(bytes);
      sqlite3_close(db);
      return Outcome<Unit>(Unit{});
    };
    static_cast<void>(kept_.commit(all_values(), write));
  }

  void begin() {
    if (!setting_.is_plain) {
      Connection db(sim_, "db");
      const bool is_set_up = set_up(db);
      change(db, is_set_up, all_values(), all_rows());
      db.close();
    }
    for (std::uint32_t i = 0; i < setting_.clients; ++i) {
      sim_.task("client", i, [this] { serve(); });
    }
  }

 private:
  /// The text that belongs to a row's value: many times one letter.
  std::string filler_of(const std::string& value) const {
    return "replace(hex(zeroblob(" + value + " * 197 % " + number(setting_.row_bytes_max) +
           ")), '0', char(97 + " + value + " % 26))";
  }
  std::string row(int key, int value) const {
    return "INSERT OR REPLACE INTO t VALUES(" + number(key) + "," + number(value) + "," +
           filler_of(number(value)) + ");";
  }

  std::string all_rows() const {
    std::string sql = "CREATE TABLE t(key INTEGER PRIMARY KEY, value, filler);";
    for (int key = 0; key < keys; ++key) sql += row(key, key + 1);
    return sql;
  }
  static Durable<int, int>::Values all_values() {
    Durable<int, int>::Values values;
    for (int key = 0; key < keys; ++key) values.emplace_back(key, key + 1);
    return values;
  }

  /// Whether all of it holds: where others have locked the database for long, or an I/O fails,
  /// the connection stays with what SQLite does by default.
  bool set_up(Connection& db) {
    return db.run("PRAGMA page_size=" + number(setting_.page_bytes) + "; PRAGMA journal_mode=" +
                  setting_.journal + "; PRAGMA synchronous=" + setting_.synchronous +
                  "; PRAGMA cache_size=8; PRAGMA wal_autocheckpoint=" +
                  (setting_.is_plain || sim_.flip("checkpoints seldom") ? "100" : "8")) ==
           SQLITE_OK;
  }

  void serve() {
    Connection db(sim_, "db");
    const bool is_set_up = set_up(db);
    for (std::uint32_t i = 0; i < setting_.transactions; ++i) {
      switch (setting_.is_plain ? 0 : sim_.choose("what", 4)) {
        case 0:
        case 1: change_some(db, is_set_up); break;
        case 2: db.run("BEGIN; " + row(0, ++values_) + "ROLLBACK"); break;
        case 3: db.run("PRAGMA wal_checkpoint(TRUNCATE); SELECT sum(length(filler)) FROM t"); break;
      }
    }
    db.close();
  }

  void change_some(Connection& db, bool is_set_up) {
    Durable<int, int>::Values values;
    std::string rows;
    const int first = static_cast<int>(sim_.choose("first", keys));
    const int count = static_cast<int>(1 + sim_.choose("count", 3));
    for (int i = 0; i < count; ++i) {
      values.emplace_back((first + i) % keys, ++values_);
      rows += row((first + i) % keys, values_);
    }
    change(db, is_set_up, values, rows);
  }

  void change(Connection& db, bool is_set_up, const Durable<int, int>::Values& values,
              const std::string& rows) {
    const auto commit = [&] {
      const bool is_done = db.run("BEGIN IMMEDIATE; " + rows + "COMMIT") == SQLITE_OK;
      if (!is_done) db.run("ROLLBACK");
      const bool is_kept = is_done && is_set_up && setting_.keeps_commits;
      return is_kept ? Outcome<Unit>(Unit{}) : Outcome<Unit>::failed(IOError::busy);
    };
    static_cast<void>(kept_.commit(values, commit));
  }

  /// -1 if a row's text is not the one of its value.
  std::optional<int> look(int key) {
    const auto value = reader_->ask("SELECT iif(filler=" + filler_of("value") +
                                    ", value, -1) FROM t WHERE key=" + number(key));
    if (!value) return std::nullopt;
    return std::stoi(*value);
  }

  Sim& sim_;
  Setting setting_;
  Engine engine_;
  Durable<int, int> kept_;
  std::optional<Connection> reader_;
  int values_ = keys;  // given to rows
};

}  // namespace

void run_transactions(Sim& sim, const Setting& setting) {
  Workload workload(sim, setting);
  // Whoever comes first changes a row first.
  sim.results_depend_on_timing();
  // A connection looks into the first page whether there is a log before it has any lock of it.
  sim.reads_may_race_writes();
  sim.recovers([&] { workload.recover(); }, setting.disk);
  if (setting.is_plain) workload.prepare();
  sim.task("begin", [&] { workload.begin(); });
  sim.run();
}

}  // namespace reprise::sqlite
