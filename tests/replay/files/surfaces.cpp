// The control matrix of docs/DETERMINISM.md, a scenario a row: what code under test may ask or use
// besides the world. Where the answer is the world's, the scenario expects it; the others are to be
// told.
#include <reprise/reprise.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>

using namespace reprise;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t begin_s = 1'577'836'800;  // 2020-01-01

void in_a_task(Sim& sim, const std::function<void()>& body) {
  sim.task("client", [&] {
    sim.yield();
    body();
  });
  sim.run();
}

// The result of an operation, and so a part of the run.
void gives(Sim& sim, std::uint64_t value) {
  static_cast<void>(sim.await([&]() -> IOResult<std::uint64_t> { return value; }));
}

}  // namespace

SCENARIO("surface/time") {
  in_a_task(sim, [&] {
    sim.expect_eq(std::time(nullptr), begin_s);
    timeval of_day{};
    gettimeofday(&of_day, nullptr);
    sim.expect_eq(of_day.tv_sec, begin_s);
    timespec spec{};
    clock_gettime(CLOCK_REALTIME, &spec);
    sim.expect_eq(spec.tv_sec, begin_s);
    timespec_get(&spec, TIME_UTC);
    sim.expect_eq(spec.tv_sec, begin_s);
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    sim.expect_eq(std::chrono::duration_cast<std::chrono::seconds>(wall).count(), begin_s);
    const auto before = std::chrono::steady_clock::now();
    sim.expect_eq(before.time_since_epoch() / 1h, 1);
    sim.sleep(2s);
    sim.expect_eq((std::chrono::steady_clock::now() - before) / 1s, 2);
    sim.expect_eq(std::clock() / CLOCKS_PER_SEC, 2);
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    sim.expect_eq(used.ru_utime.tv_sec, 2);
    gives(sim,
          static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch() / 1ns));
  });
}

SCENARIO("surface/busy-wait") {
  in_a_task(sim, [&] {
    const auto until = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < until) {
    }
  });
}

SCENARIO("surface/sleep") {
  in_a_task(sim, [&] {
    const Instant before = sim.now();
    std::this_thread::sleep_for(10min);
    const timespec minute{60, 0};
    nanosleep(&minute, nullptr);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &minute, nullptr);
    usleep(60'000'000);
    sleep(60);
    poll(nullptr, 0, 60'000);
    timeval timeout{60, 0};
    select(0, nullptr, nullptr, nullptr, &timeout);
    std::mutex mutex;
    std::condition_variable condition;
    std::unique_lock lock(mutex);
    condition.wait_for(lock, 1min);
    sim.expect_eq((sim.now() - before) / 1min, 17);
  });
}

SCENARIO("surface/chance") {
  in_a_task(sim, [&] {
    std::uint64_t all = std::random_device()();
    std::uint64_t bytes = 0;
    sim.expect(getrandom(&bytes, sizeof bytes, 0) == sizeof bytes, "eight bytes");
    all = all * 31 + bytes;
    sim.expect(getentropy(&bytes, sizeof bytes) == 0, "there is entropy");
    all = all * 31 + bytes;
    const int file = open("/dev/urandom", O_RDONLY);
    sim.expect(read(file, &bytes, sizeof bytes) == sizeof bytes, "it can be read");
    close(file);
    all = all * 31 + bytes;
    FILE* const stream = std::fopen("/dev/random", "rb");
    sim.expect(std::fread(&bytes, sizeof bytes, 1, stream) == 1, "and as a stream");
    std::fclose(stream);
    all = all * 31 + bytes;
    std::ifstream input("/dev/urandom", std::ios::binary);
    input.read(reinterpret_cast<char*>(&bytes), sizeof bytes);
    sim.expect(static_cast<bool>(input), "and by the standard library");
    gives(sim, all * 31 + bytes);
    if (bytes % 2 == 0) sim.reached("even");
    if (bytes % 2 != 0) sim.reached("odd");
  });
}

SCENARIO("surface/sequence") {
  in_a_task(sim, [&] {
    sim.expect_eq(std::rand(), 1'804'289'383);  // tidy-ok: it is tested
    sim.expect_eq(random(), 846'930'886);
    std::srand(7);                      // tidy-ok: it is tested
    const int first = std::rand();      // tidy-ok: it is tested
    std::srand(7);                      // tidy-ok: it is tested
    sim.expect_eq(std::rand(), first);  // tidy-ok: it is tested
    gives(sim, static_cast<std::uint64_t>(lrand48()));
  });
}

SCENARIO("surface/process") {
  in_a_task(sim, [&] {
    sim.expect_eq(getpid(), 4'242);
    sim.expect_eq(getppid(), 4'241);
    sim.expect_eq(kill(getpid(), 0), 0);
  });
}

SCENARIO("surface/machine") {
  in_a_task(sim, [&] {
    sim.expect_eq(std::thread::hardware_concurrency(), 2U);
    sim.expect_eq(sysconf(_SC_NPROCESSORS_ONLN), 2);
    std::array<char, 64> name{};
    sim.expect_eq(gethostname(name.data(), name.size()), 0);
    sim.expect_eq(std::string_view(name.data()), "localhost");
    sim.expect_eq(gethostname(name.data(), 9), -1);
    utsname about{};
    sim.expect_eq(uname(&about), 0);
    sim.expect_eq(std::string_view(about.nodename), "localhost");
  });
}

SCENARIO("surface/environment") {
  in_a_task(sim, [&] {
    sim.expect_eq(std::string_view(std::getenv("PATH")), "/usr/bin:/bin");
    sim.expect_eq(std::string_view(environ[0]), "HOME=/");
    // What one run sets, the next does not find.
    sim.expect(std::getenv("LEVEL") == nullptr, "nobody has set it");
    setenv("LEVEL", "3", 1);
    unsetenv("HOME");
    sim.expect_eq(std::string_view(std::getenv("LEVEL")), "3");
  });
}

SCENARIO("surface/thread") {
  in_a_task(sim, [&] {
    std::thread worker([] {});
    worker.join();
  });
}

SCENARIO("surface/thread-in-c") {
  in_a_task(sim, [&] {
    pthread_t thread;
    const auto nothing = [](void*) -> void* { return nullptr; };
    if (pthread_create(&thread, nullptr, nothing, nullptr) == 0) pthread_join(thread, nullptr);
  });
}

SCENARIO("surface/alarm") {
  in_a_task(sim, [&] { alarm(3'600); });
}

namespace {

struct Options {
  int depth;
};

// For all that the compiler knows it sets them.
void set_elsewhere(Options& options) { asm volatile("" : : "r"(&options) : "memory"); }

}  // namespace

SCENARIO("surface/local") {
  in_a_task(sim, [&] {
    static_cast<void>(sim.await([&]() -> IOResult<int> {
      Options options;  // its depth is never set
      set_elsewhere(options);
      return options.depth;
    }));
  });
}

SCENARIO("surface/stack-address") {
  in_a_task(sim, [&] {
    int local = 0;
    gives(sim, reinterpret_cast<std::uintptr_t>(&local));
  });
}

SCENARIO("surface/heap") {
  in_a_task(sim, [&] {
    const auto options = std::make_unique_for_overwrite<Options[]>(100);
    set_elsewhere(options[99]);
    gives(sim, static_cast<std::uint64_t>(options[99].depth));
  });
}

SCENARIO("surface/heap-address") {
  in_a_task(sim, [&] {
    const auto on_heap = std::make_unique<int>(3);
    gives(sim, reinterpret_cast<std::uintptr_t>(on_heap.get()));
  });
}

SCENARIO("surface/static") {
  in_a_task(sim, [&] {
    static std::uint64_t count = 0;
    gives(sim, ++count);
  });
}

SCENARIO("surface/order") {
  static int runs = 0;
  ++runs;
  in_a_task(sim, [&] {
    if (runs % 2 == 0) sim.yield();
    sim.sleep(1s);
  });
}

SCENARIO("surface/counter") {
  in_a_task(sim, [&] {
    std::uint64_t ticks = 0;
#if defined(__x86_64__)
    ticks = __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
#endif
    gives(sim, ticks);
  });
}

// Its number of bytes read grows by each reading.
SCENARIO("surface/real-file") {
  in_a_task(sim, [&] {
    std::ifstream file("/proc/self/io");
    std::string name;
    std::uint64_t bytes = 0;
    file >> name >> bytes;
    gives(sim, bytes);
  });
}

namespace {

void pause(Sim& sim) { static_cast<void>(sim.block(sim.io().timer(1us))); }

void take_both(Sim& sim, std::mutex& first, std::mutex& second) {
  sim.foreign([&] {
    const std::lock_guard one(first);
    pause(sim);
    const std::lock_guard other(second);
  });
}

}  // namespace

SCENARIO("surface/foreign-locks") {
  std::mutex mutex;
  std::condition_variable changed;
  int changes = 0;
  sim.task("waits", [&] {
    sim.foreign([&] {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return changes == 2; });
    });
    sim.reached("both changes are seen");
  });
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("changes", i, [&] {
      sim.foreign([&] {
        const std::lock_guard guard(mutex);
        const int before = changes;
        pause(sim);
        changes = before + 1;
        changed.notify_one();
      });
    });
  }
  sim.run();
}

SCENARIO("surface/foreign-deadlock") {
  std::mutex first, second;
  sim.task("a", [&] { take_both(sim, first, second); });
  sim.task("b", [&] { take_both(sim, second, first); });
  sim.run();
}
