// Engine: SQLite, as it is installed, on the simulated disk and clock of a run. It makes itself
// SQLite's default VFS and memory allocator. Needs the library sqlite3.
//
//   SCENARIO("notes") {
//     sqlite::Engine engine(sim);
//     sim.recovers([&] { engine.restart(); });
//     sim.task("client", [&] {
//       sim.foreign([&] {
//         sqlite3* db = nullptr;
//         sqlite3_open("notes.db", &db);
//         sqlite3_exec(db, "CREATE TABLE notes(text)", nullptr, nullptr, nullptr);
//         sqlite3_close(db);
//       });
//     });
//     sim.run();
//   }
#pragma once

#include <reprise/engines/sqlite/locks.h>
#include <reprise/sim/sim.h>
#include <reprise/sim/store_watch/arena.h>

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::sqlite {

/// What SQLite is told of the disk, true or not.
struct Claims {
  /// Flags SQLITE_IOCAP_*. SQLite's own VFS claims this one of every disk.
  int characteristics = SQLITE_IOCAP_POWERSAFE_OVERWRITE;
  int sector_bytes = 4096;
  /// False: a sync reports success and does nothing.
  bool syncs = true;
};

/// At most one at a time. All calls of SQLite belong into sim.foreign(), and none into a destructor
/// that runs while a task is ended. Differs from Linux: the memory that connections share in WAL
/// mode is no file; it changes only between two I/Os of a connection.
class Engine {
 public:
  explicit Engine(Sim& sim, const Claims& claims = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// SQLite begins anew, as in a new process: connections, locks and memory are gone. Call it first
  /// in the recovery after a power loss.
  void restart();

 private:
  friend struct FileMethods;
  friend struct SystemMethods;

  /// Behind a sqlite3_file.
  struct OpenFile {
    Engine& engine;
    std::string path;
    std::unique_ptr<File> file;
    SharedFile* shared = nullptr;    // of a database
    Holder holder = {};              // what it holds of that
    bool syncs_folder = false;       // a new journal's first sync makes its name durable, too
    bool is_removed_at_end = false;  // when it is closed
  };

  static internal::Arena& arena();
  void start();
  OpenFile& keep_open(std::unique_ptr<OpenFile> file);
  void close(OpenFile& file);

  Sim& sim_;
  Claims claims_;
  std::vector<std::unique_ptr<OpenFile>> files_;
  std::map<std::string, SharedFile, std::less<>> shared_;  // by path
  std::uint64_t random_ = 0;                               // numbers given in this run
  std::uint64_t temporary_ = 0;                            // files made in this run
};

}  // namespace reprise::sqlite

#include <reprise/engines/sqlite/methods.h>  // the bodies
