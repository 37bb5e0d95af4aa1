// Database: one open database, for scenarios. Its destructor leaves it open, because the power may
// have been lost under it.
#pragma once

#include <reprise/engines/leveldb/engine.h>
#include <reprise/reprise.h>

#include <leveldb/db.h>
#include <leveldb/write_batch.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise::level_db {

/// How it is opened.
struct Opening {
  bool reuses_logs = false;
  bool is_paranoid = false;
};

/// Calls of LevelDB, each within Engine::call().
class Database {
 public:
  using Change = std::pair<std::string, std::optional<std::string>>;

  Database(Engine& engine, const char* path, const Opening& opening) : engine_(engine) {
    engine_.call([&] {
      ::leveldb::Options options;
      options.env = engine_.env();
      options.create_if_missing = true;
      options.paranoid_checks = opening.is_paranoid;
      options.reuse_logs = opening.reuses_logs;
      // The smallest that LevelDB takes, so that a run needs few writes for a compaction.
      options.write_buffer_size = 64 << 10;
      options.max_file_size = 1 << 20;
      options.block_size = 1 << 10;
      options.compression = ::leveldb::kNoCompression;
      keep(::leveldb::DB::Open(options, path, &db_));
    });
  }

  bool is_open() const { return db_ != nullptr; }
  /// Why the last call failed, in LevelDB's words; "OK".
  const std::string& last_error() const { return error_; }

  /// All changes, or none; nothing is the removal of a key. True: LevelDB has acknowledged them.
  bool write(const std::vector<Change>& changes, bool syncs) {
    return engine_.call([&] {
      ::leveldb::WriteBatch batch;
      for (const auto& [key, value] : changes) {
        if (value) {
          batch.Put(key, *value);
        } else {
          batch.Delete(key);
        }
      }
      ::leveldb::WriteOptions options;
      options.sync = syncs;
      return keep(db_->Write(options, &batch));
    });
  }
  /// Nothing: the key is not there, or an error.
  std::optional<std::string> get(const std::string& key) {
    std::optional<std::string> answer;
    engine_.call([&] {
      ::leveldb::ReadOptions options;
      options.verify_checksums = true;
      std::string value;
      const ::leveldb::Status status = db_->Get(options, key, &value);
      if (keep(status)) Engine::outside([&] { answer.emplace(value); });
    });
    return answer;
  }
  /// Writes what is in memory to a table, and merges all tables.
  void compact() {
    engine_.call([&] { db_->CompactRange(nullptr, nullptr); });
  }
  void close() {
    engine_.call([&] { delete std::exchange(db_, nullptr); });
  }

 private:
  bool keep(const ::leveldb::Status& status) {
    const std::string words = status.ToString();
    Engine::outside([&] { error_.assign(words); });
    return status.ok();
  }

  Engine& engine_;
  ::leveldb::DB* db_ = nullptr;
  std::string error_ = "OK";
};

}  // namespace reprise::level_db
