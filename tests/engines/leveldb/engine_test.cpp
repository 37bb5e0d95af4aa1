// LevelDB's Env on the simulated disk, and what is left of LevelDB behind a run.
#include <reprise/engines/leveldb/engine.h>

#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <leveldb/db.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace reprise;
using namespace reprise::tests;

namespace {

using level_db::Engine;
using leveldb::Slice;

/// A run whose one task is `body`, foreign code of the engine.
RunResult run_with_engine(const std::function<void(Sim&, Engine&)>& body, const Plan& plan) {
  Toy toy([&](Sim& sim) {
    Engine engine(sim);
    sim.task("t", [&] { engine.call([&] { body(sim, engine); }); });
    sim.run();
  });
  return toy.check_twice(plan);
}

void expect(Sim& sim, bool holds, const char* what) {
  Engine::outside([&] { sim.expect(holds, what); });
}

/// Writes a whole file.
void write(leveldb::Env& env, const std::string& path, const std::string& bytes, bool appends) {
  leveldb::WritableFile* file = nullptr;
  if (appends) {
    env.NewAppendableFile(path, &file);
  } else {
    env.NewWritableFile(path, &file);
  }
  file->Append(bytes);
  file->Close();
  delete file;
}

std::string read(leveldb::Env& env, const std::string& path) {
  leveldb::SequentialFile* file = nullptr;
  if (!env.NewSequentialFile(path, &file).ok()) return "no file";
  std::string scratch(100, ' ');
  Slice bytes;
  file->Read(scratch.size(), &bytes, scratch.data());
  delete file;
  return bytes.ToString();
}

leveldb::DB* open(Engine& engine) {
  leveldb::Options options;
  options.env = engine.env();
  options.create_if_missing = true;
  leveldb::DB* db = nullptr;
  leveldb::DB::Open(options, "db", &db);
  return db;
}

std::int64_t resident_bytes() {
  long long pages = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  REQUIRE(file != nullptr);
  const int read = std::fscanf(file, "%*d %lld", &pages);
  std::fclose(file);
  REQUIRE(read == 1);
  return pages * 4096;
}

}  // namespace

TEST_CASE("leveldb: what is put is there after the database was opened again") {
  const auto body = [](Sim& sim, Engine& engine) {
    leveldb::DB* db = open(engine);
    for (const char* key : {"a", "b", "c"}) db->Put({}, key, std::string(5, *key));
    db->Delete({}, "b");
    delete db;
    db = open(engine);
    std::string value;
    expect(sim, db->Get({}, "c", &value).ok() && value == "ccccc", "the value of c");
    expect(sim, db->Get({}, "b", &value).IsNotFound(), "b is gone");
    delete db;
  };
  CHECK(found(run_with_engine(body, sync_plan())) == "");
  CHECK(found(run_with_engine(body, lazy_plan())) == "");
}

TEST_CASE("leveldb: a database is opened once at a time") {
  const auto body = [](Sim& sim, Engine& engine) {
    leveldb::DB* const db = open(engine);
    expect(sim, db != nullptr, "it is opened");
    expect(sim, open(engine) == nullptr, "not a second time");
    delete db;
  };
  CHECK(found(run_with_engine(body, lazy_plan())) == "");
}

TEST_CASE("leveldb: files are written anew or appended to and read from any place") {
  const auto body = [](Sim& sim, Engine& engine) {
    leveldb::Env& env = *engine.env();
    write(env, "d/f", "0123456789", false);
    write(env, "d/f", "abc", false);
    write(env, "d/f", "def", true);
    expect(sim, read(env, "d/f") == "abcdef", "all bytes");
    expect(sim, read(env, "d/g") == "no file", "there is no such file");
    std::uint64_t size = 0;
    expect(sim, env.GetFileSize("d/f", &size).ok() && size == 6, "its size");
    expect(sim, env.GetFileSize("d/g", &size).IsNotFound(), "there is no such file");

    leveldb::RandomAccessFile* file = nullptr;
    env.NewRandomAccessFile("d/f", &file);
    char scratch[4];
    Slice bytes;
    file->Read(2, 3, &bytes, scratch);
    expect(sim, bytes == "cde", "bytes from within");
    file->Read(4, 4, &bytes, scratch);
    expect(sim, bytes == "ef", "the last bytes");
    delete file;

    leveldb::SequentialFile* sequence = nullptr;
    env.NewSequentialFile("d/f", &sequence);
    sequence->Skip(4);
    sequence->Read(1, &bytes, scratch);
    expect(sim, bytes == "e", "the byte after those that were skipped");
    delete sequence;
  };
  CHECK(found(run_with_engine(body, lazy_plan())) == "");
}

TEST_CASE("leveldb: a short read or write goes on until all bytes have moved") {
  Toy toy([](Sim& sim) {
    sim.survives({.short_io = true});
    Engine engine(sim);
    sim.task("t", [&] {
      engine.call([&] {
        write(*engine.env(), "f", "0123456789", false);
        expect(sim, read(*engine.env(), "f") == "0123456789", "all bytes");
      });
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/write(f)#1/short", 1}, {"t/read(f)#1/short", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("leveldb: a folder has the files that are there") {
  const auto body = [](Sim& sim, Engine& engine) {
    leveldb::Env& env = *engine.env();
    for (const char* path : {"d/b", "d/a", "e/c", "top"}) write(env, path, "x", false);
    env.RenameFile("d/b", "d/renamed");
    std::vector<std::string> names;
    env.GetChildren("d", &names);
    expect(sim, names == std::vector<std::string>{"a", "renamed"}, "both files of d");
    env.RemoveFile("d/a");
    expect(sim, !env.FileExists("d/a") && env.FileExists("d/renamed"), "one was removed");
    expect(sim, env.RemoveFile("d/a").IsNotFound(), "it is gone");
    env.GetChildren("d", &names);
    expect(sim, names == std::vector<std::string>{"renamed"}, "the other one");
  };
  CHECK(found(run_with_engine(body, lazy_plan())) == "");
}

TEST_CASE("leveldb: time is the world's and a sleep takes its time") {
  const auto body = [](Sim& sim, Engine& engine) {
    const std::uint64_t begin = engine.env()->NowMicros();
    engine.env()->SleepForMicroseconds(5'000);
    expect(sim, engine.env()->NowMicros() - begin >= 5'000, "five milliseconds");
  };
  CHECK(found(run_with_engine(body, lazy_plan())) == "");
}

TEST_CASE("leveldb: background work is done in its order and a thread is a task of its own") {
  struct Work {
    Engine& engine;
    std::string* done;  // outside
    const char* name;
    static void run(void* argument) {
      Work& work = *static_cast<Work*>(argument);
      work.engine.env()->SleepForMicroseconds(1);
      Engine::outside([&] { *work.done += work.name; });
    }
  };
  std::string done;
  Toy toy([&](Sim& sim) {
    done.clear();
    Engine engine(sim);
    Work first{engine, &done, "1"}, second{engine, &done, "2"}, third{engine, &done, "3"};
    Work thread{engine, &done, "t"};
    sim.task("t", [&] {
      engine.call([&] {
        for (Work* const work : {&first, &second}) engine.env()->Schedule(Work::run, work);
        engine.env()->SleepForMicroseconds(100);
        engine.env()->Schedule(Work::run, &third);
        engine.env()->StartThread(Work::run, &thread);
      });
    });
    sim.run();
  });
  CHECK(found(toy.check_twice(lazy_plan())) == "");
  CHECK(done == "123t");
}

TEST_CASE("leveldb: an I/O that fails is a status") {
  Toy toy([](Sim& sim) {
    sim.survives({.errors = true});
    Engine engine(sim);
    sim.task("t", [&] {
      engine.call([&] {
        leveldb::WritableFile* file = nullptr;
        engine.env()->NewWritableFile("f", &file);
        file->Append("x");
        expect(sim, file->Sync().IsIOError(), "the error of the sync");
        delete file;
      });
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan({{"t/data-sync(f)#1/error", 1}}))) == "");
  CHECK(toy.missed().none());
}

TEST_CASE("leveldb: clients wait for each other and for compactions while others run") {
  const Scenario* const scenario = find_scenario("leveldb/writes");
  REQUIRE(scenario != nullptr);
  const auto strategy = make_random_strategy(*built_in_profile("default"));
  Runner runner;
  RunOptions options;
  options.log_events = true;
  bool client_waits = false, work_waits = false, mutex_waits = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    strategy->reseed(seed);
    const RunResult result = runner.run_checked(*scenario, *strategy, options);
    for (const LoggedEvent& event : result.events) {
      for (const LoggedFact& fact : event.facts) {
        const bool waits = fact.what.find("waits for a condition variable") != std::string::npos;
        client_waits = client_waits || (waits && fact.who.starts_with("client"));
        mutex_waits = mutex_waits || fact.what.find("waits for a mutex") != std::string::npos;
        work_waits = work_waits || fact.who.starts_with("background");
      }
    }
  }
  CHECK(client_waits);
  CHECK(mutex_waits);
  CHECK(work_waits);
}

TEST_CASE("leveldb: the same plan makes the same run whatever the process has run before") {
  const Scenario* const scenario = find_scenario("leveldb/writes");
  REQUIRE(scenario != nullptr);
  const auto strategy = make_random_strategy(*built_in_profile("default"));
  const auto digest_of = [&](std::uint64_t seed, Runner& runner) {
    strategy->reseed(seed);
    return runner.run_checked(*scenario, *strategy, {}).digest;
  };
  Runner first, second;
  std::vector<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) digests.push_back(digest_of(seed, first));
  for (std::uint64_t seed = 40; seed >= 1; --seed) {
    CHECK(digest_of(seed, second) == digests[seed - 1]);
  }
  digests.erase(std::unique(digests.begin(), digests.end()), digests.end());
  CHECK(digests.size() > 30);
}

TEST_CASE("leveldb: twenty thousand runs with power losses leave the memory as it was" *
          doctest::test_suite("slow")) {
  constexpr std::uint64_t runs_first = 5'000;  // by then every pool has its size
  constexpr std::uint64_t runs_all = 20'000;
  const Scenario* const scenario = find_scenario("leveldb/writes");
  REQUIRE(scenario != nullptr);
  const auto strategy = make_random_strategy(*built_in_profile("default"));
  Runner runner;
  std::int64_t resident = 0;
  std::uint64_t crashes = 0;
  for (std::uint64_t run = 0; run < runs_all; ++run) {
    if (run == runs_first) resident = resident_bytes();
    strategy->reseed(run);
    const RunResult result = runner.run_checked(*scenario, *strategy, {});
    CHECK(found(result) == "");
    crashes += result.stats.power_losses;
  }
  const std::int64_t growth = resident_bytes() - resident;
  MESSAGE(crashes << " power losses; " << resident / 1024 << " KiB resident, and " << growth / 1024
                  << " KiB more in the end");
  CHECK(crashes > runs_all / 2);
  CHECK(growth < 512 * 1024);  // less than 30 bytes a run
}
