// The C library's mutexes, condition variables and read-write locks, as foreign code of a run calls
// them; and the memory that engine code allocates.
#include <doctest/doctest.h>

#include <pthread.h>
#include <reprise/core/internal/open.h>
#include <reprise/reprise.h>
#include <reprise/sim/runner.h>
#include <reprise/sim/store_watch/foreign_heap.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

using namespace reprise;
using namespace std::chrono_literals;
using internal::ForeignHeap;

namespace {

/// Runs the scenario in the lazy world and then with as many seeds. "": nothing is found.
std::string found(void (*body)(Sim&), std::uint64_t seeds = 100) {
  Scenario scenario;
  scenario.name = "parked";
  scenario.body = body;
  Runner runner;
  const auto lazy = make_calm_strategy(Base::lazy);
  RunResult result = runner.run_checked(scenario, *lazy, {}, true);
  const auto random = make_random_strategy(*built_in_profile("default"));
  for (std::uint64_t seed = 1; seed <= seeds && !result.finding; ++seed) {
    random->reseed(seed);
    result = runner.run_checked(scenario, *random, {}, true);
  }
  return result.finding ? result.finding->message : "";
}

void foreign_task(Sim& sim, const std::string& name, std::function<void()> body) {
  sim.task(name, [&sim, body = std::move(body)] { sim.foreign([&body] { body(); }); });
}

void pause(Sim& sim, Duration delay = 1us) {
  const ForeignHeap::Outside outside;
  static_cast<void>(sim.block(sim.io().timer(delay)));
}

}  // namespace

TEST_CASE("parked locks: a std::mutex keeps tasks apart that block while they hold it") {
  CHECK(found([](Sim& sim) {
          std::mutex mutex;
          int inside = 0;
          for (int i = 0; i < 3; ++i) {
            foreign_task(sim, "t" + std::to_string(i), [&] {
              const std::lock_guard guard(mutex);
              sim.expect_eq(++inside, 1);
              pause(sim);
              --inside;
            });
          }
          sim.run();
        }) == "");
}

TEST_CASE("parked locks: a std::condition_variable hands over from task to task") {
  CHECK(found([](Sim& sim) {
          std::mutex mutex;
          std::condition_variable changed;
          std::vector<int> items;
          foreign_task(sim, "takes", [&] {
            for (int i = 0; i < 3; ++i) {
              std::unique_lock lock(mutex);
              changed.wait(lock, [&] { return !items.empty(); });
              sim.expect_eq(items.back(), i);
              items.clear();
              changed.notify_all();
            }
          });
          foreign_task(sim, "gives", [&] {
            for (int i = 0; i < 3; ++i) {
              std::unique_lock lock(mutex);
              changed.wait(lock, [&] { return items.empty(); });
              pause(sim);
              items.push_back(i);
              changed.notify_one();
            }
          });
          sim.run();
        }) == "");
}

TEST_CASE("parked locks: waits with a time end in the world's time") {
  // In the lazy world alone: elsewhere a turn may come late.
  CHECK(found(
            [](Sim& sim) {
              std::mutex mutex;
              std::timed_mutex held;
              std::condition_variable never;
              bool is_held = false;
              foreign_task(sim, "holds", [&] {
                held.lock();
                is_held = true;
                pause(sim, 20s);
                held.unlock();
              });
              foreign_task(sim, "waits", [&] {
                while (!is_held) pause(sim);
                const Instant begin = sim.now();
                {
                  std::unique_lock lock(mutex);
                  sim.expect(never.wait_for(lock, 2s) == std::cv_status::timeout, "steady timeout");
                  const auto wall = std::chrono::system_clock::now() + 2s;
                  sim.expect(never.wait_until(lock, wall) == std::cv_status::timeout,
                             "wall timeout");
                }
                sim.expect(!held.try_lock_for(2s), "it is held");
                const Duration waited = sim.now() - begin;
                sim.expect(waited >= 6s - 1ms && waited < 7s, "two seconds three times");
              });
              sim.run();
            },
            0) == "");
}

TEST_CASE("parked locks: a std::shared_mutex lets readers in together and writers alone") {
  CHECK(found([](Sim& sim) {
          std::shared_timed_mutex mutex;
          int readers = 0, writers = 0;
          for (int i = 0; i < 2; ++i) {
            foreign_task(sim, "reader" + std::to_string(i), [&] {
              const std::shared_lock lock(mutex);
              ++readers;
              pause(sim);
              sim.expect_eq(writers, 0);
              --readers;
            });
          }
          foreign_task(sim, "writer", [&] {
            const std::unique_lock lock(mutex);
            ++writers;
            pause(sim);
            sim.expect_eq(readers, 0);
            sim.expect(!mutex.try_lock_shared(), "held");
            --writers;
          });
          foreign_task(sim, "hurries", [&] {
            if (mutex.try_lock_for(500ns)) mutex.unlock();
            if (mutex.try_lock_shared_until(std::chrono::system_clock::now() + 1us)) {
              mutex.unlock_shared();
            }
          });
          sim.run();
        }) == "");
}

TEST_CASE("parked locks: a static mutex that was held when the power was lost is free again") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(found([](Sim& sim) {
          sim.recovers([&] { sim.foreign([] { pthread_mutex_lock(&mutex); }); });
          foreign_task(sim, "t", [&] {
            pthread_mutex_lock(&mutex);
            pause(sim);
            pause(sim);
            pthread_mutex_unlock(&mutex);
          });
          sim.run();
        }) == "");
  CHECK(pthread_mutex_trylock(&mutex) == 0);  // the library's own never was
  pthread_mutex_unlock(&mutex);
}

TEST_CASE("parked locks: a recursive mutex and one that checks do as in the C library") {
  CHECK(found([](Sim& sim) {
          std::recursive_mutex recursive;
          pthread_mutex_t checks = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
          foreign_task(sim, "t", [&] {
            const std::lock_guard one(recursive), two(recursive);
            sim.expect_eq(pthread_mutex_lock(&checks), 0);
            sim.expect_eq(pthread_mutex_lock(&checks), EDEADLK);
            sim.expect_eq(pthread_mutex_trylock(&checks), EBUSY);
            sim.expect_eq(pthread_mutex_unlock(&checks), 0);
          });
          sim.run();
        }) == "");
}

TEST_CASE("parked locks: code of a task that is not foreign gets the library's own") {
  CHECK(found([](Sim& sim) {
          std::mutex mutex;
          sim.task("t", [&] {
            const std::lock_guard guard(mutex);
            sim.expect_eq(pthread_mutex_trylock(mutex.native_handle()), EBUSY);
          });
          sim.run();
        }) == "");
}

TEST_CASE("foreign heap: engine code allocates in the arena and other code beside it does not") {
  CHECK(found([](Sim& sim) {
          ForeignHeap::arena().reset();
          const auto is_arenas = [](const void* memory) {
            return ForeignHeap::arena().holds(memory);
          };
          std::string* kept = nullptr;
          foreign_task(sim, "engine", [&] {
            const ForeignHeap::Inside inside;
            kept = new std::string(100, 'x');
            sim.expect(is_arenas(kept) && is_arenas(kept->data()), "in the arena");
            pause(sim);
            void* const zeros = std::calloc(10, 100);
            sim.expect(is_arenas(zeros), "after it has blocked, too");
            void* const grown = std::realloc(zeros, 5'000);
            sim.expect(is_arenas(grown), "grown in the arena");
            std::free(grown);
            void* const aligned = std::aligned_alloc(1'024, 10);
            sim.expect(reinterpret_cast<std::uintptr_t>(aligned) % 1'024 == 0, "aligned");
            const ForeignHeap::Outside outside;
            const std::string own(100, 'y');
            sim.expect(!is_arenas(own.data()), "not in the arena");
          });
          sim.task("other", [&] {
            sim.yield();
            const std::string own(100, 'z');
            sim.expect(!is_arenas(own.data()), "not in the arena");
          });
          sim.run();
          if (kept != nullptr) delete kept;
        }) == "");
}

TEST_CASE("foreign heap: a power loss while engine code blocks leaves the heap as it was") {
  CHECK(found([](Sim& sim) {
          sim.recovers([&] {
            ForeignHeap::arena().reset();
            const std::string own(100, 'y');
            sim.expect(!ForeignHeap::arena().holds(own.data()), "the ordinary heap");
          });
          foreign_task(sim, "engine", [&] {
            const ForeignHeap::Inside inside;
            const std::string lost(1'000, 'x');
            for (int i = 0; i < 5; ++i) pause(sim);
          });
          sim.run();
        }) == "");
}

namespace {

/// Changes its state first, and yields then.
struct Counter {
  File& file;
  int value = 0;
  Completion pending = {};

  IOResult<int> bump() {
    value += 1;
    RETURN_IF_IO(load());
    return value;
  }
  IOResult<Unit> load() {
    if (!pending) pending = file.pread(0, Buffer::allocate(1));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    if (!pending.succeeded()) return pending.get_error();
    pending = {};
    return Unit{};
  }
};

}  // namespace

TEST_CASE("foreign heap: other tasks are watched while engine code blocks") {
  CHECK(found(
            [](Sim& sim) {
              Counter counter{sim.open("f")};
              foreign_task(sim, "engine", [&] {
                const ForeignHeap::Inside inside;
                for (int i = 0; i < 20; ++i) pause(sim);
              });
              sim.task("machine", [&] {
                sim.sleep(3us);
                static_cast<void>(sim.await([&] { return counter.bump(); }));
              });
              sim.run();
            },
            0)
            .find("was changed twice") != std::string::npos);
}
