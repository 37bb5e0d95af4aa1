// Engine: LevelDB, as it is installed, on the simulated disk and clock of a run, through an Env.
// Its mutexes and condition variables park the tasks that wait for them, and its compactions run
// on a task of their own. Needs the libraries leveldb and reprise::watch, and no AddressSanitizer.
//
//   SCENARIO("notes") {
//     level_db::Engine engine(sim);
//     sim.recovers([&] { engine.restart(); }, {.syncs_names = true});
//     sim.task("client", [&] {
//       engine.call([&] {
//         leveldb::Options options;
//         options.env = engine.env();
//         options.create_if_missing = true;
//         leveldb::DB* db = nullptr;
//         if (!leveldb::DB::Open(options, "notes", &db).ok()) return;
//         db->Put({}, "a", "1");
//         delete db;
//       });
//     });
//     sim.run();
//   }
#pragma once

#include <reprise/core/assert.h>
#include <reprise/sim/sim.h>
#include <reprise/sim/store_watch/foreign_heap.h>

#include <leveldb/env.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reprise::level_db {

/// At most one at a time. All calls of LevelDB belong into call(), and none into a destructor that
/// runs while a task is ended. Differs from Linux: tables are read by pread(), never mapped.
class Engine {
 public:
  explicit Engine(Sim& sim);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Give it to Options::env.
  ::leveldb::Env* env() { return env_.get(); }

  /// Runs `body` as Sim::foreign() does. What it allocates is the engine's memory, which ends with
  /// a power loss and with the run. What must live longer is made in outside(), and so are all
  /// calls of the scenario's Sim.
  template <class Body>
  std::invoke_result_t<Body&> call(Body&& body, CodeLocation place = CodeLocation::current()) {
    return sim_.foreign(
        [&]() -> std::invoke_result_t<Body&> {
          const internal::ForeignHeap::Inside inside;
          return body();
        },
        place);
  }
  /// Within call(): runs `body` with the scenario's own memory.
  template <class Body>
  static std::invoke_result_t<Body&> outside(Body&& body) {
    const internal::ForeignHeap::Outside outside;
    return body();
  }

  /// LevelDB begins anew, as in a new process: databases, locks and memory are gone. Call it first
  /// in the recovery after a power loss.
  void restart();

 private:
  friend class Environment;
  friend class OpenFile;

  struct Job {
    void (*function)(void* argument);
    void* argument;
  };

  void start();
  /// Submits until the I/O is not only put off.
  template <class Submit>
  Result<std::uint64_t> block(Submit submit) {
    const internal::ForeignHeap::Outside outside;
    for (;;) {
      const Result<std::uint64_t> result = sim_.block(submit());
      if (result.ok() || !is_retryable(result.error())) return result;
    }
  }
  /// The file stays open until it is closed, or until the engine begins anew. Null: `error` says
  /// why.
  File* open(const std::string& path, const OpenOptions& options, IOError& error);
  void close(const File* file);
  bool exists(const std::string& path);
  void schedule(const Job& job);
  void work();
  void start_thread(const Job& job);

  Sim& sim_;
  std::unique_ptr<::leveldb::Env> env_;
  std::vector<std::unique_ptr<File>> files_;
  std::set<std::string, std::less<>> names_;   // of files that were made; they may be gone
  std::set<std::string, std::less<>> locked_;  // by LockFile
  std::deque<Job> jobs_;                       // for the background task
  bool is_working_ = false;                    // there is a background task
  std::uint32_t workers_ = 0;                  // background tasks in this run
  std::uint32_t threads_ = 0;                  // started in this run
};

}  // namespace reprise::level_db

#include <reprise/engines/leveldb/environment.h>  // the bodies
