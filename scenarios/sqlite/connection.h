// Connection: one connection to a database, for scenarios. Its destructor leaves the connection
// open, because the power may have been lost under it.
#pragma once

#include <reprise/engines/sqlite/engine.h>
#include <reprise/reprise.h>

#include <sqlite3.h>

#include <optional>
#include <string>

namespace reprise::sqlite {

/// Calls of SQLite, each within sim.foreign().
class Connection {
 public:
  Connection(Sim& sim, const char* path) : sim_(sim) {
    sim_.foreign([&] {
      sqlite3_open(path, &db_);
      sqlite3_busy_timeout(db_, 100);
    });
  }

  /// SQLite's status.
  int run(const std::string& sql) {
    return sim_.foreign([&] { return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr); });
  }
  /// The first column of the first row; nothing: there is no row, or an error.
  std::optional<std::string> ask(const std::string& sql) {
    int status = SQLITE_OK;
    const char* text = nullptr;
    sqlite3_stmt* statement = nullptr;
    sim_.foreign([&] {
      status = sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr);
      if (status == SQLITE_OK) status = sqlite3_step(statement);
      if (status != SQLITE_ROW) return;
      text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    });
    std::optional<std::string> answer;
    if (status == SQLITE_ROW) answer = text == nullptr ? "NULL" : text;
    sim_.foreign([&] { sqlite3_finalize(statement); });
    return answer;
  }
  /// In SQLite's words.
  std::string last_error() { return sqlite3_errmsg(db_); }
  void close() {
    sim_.foreign([&] { sqlite3_close(db_); });
  }

 private:
  Sim& sim_;
  sqlite3* db_ = nullptr;
};

}  // namespace reprise::sqlite
