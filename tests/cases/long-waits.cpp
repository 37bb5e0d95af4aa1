// Expect: clean
// These operations are entered very often, and are sound: two look again and again while an I/O
// takes its time (by a timer, by explicit yields), two compute in slices, one begins anew each
// time.
#include <reprise/reprise.h>

#include <chrono>
#include <cstdint>

using namespace reprise;

namespace {

struct Client {
  File& file;
  Completion reading = {};

  IOResult<std::uint64_t> read() {
    if (!reading) reading = file.pread(0, Buffer::allocate(4));
    return take_finished(reading);
  }
};

/// Looks every ten microseconds whether the clients are done.
struct Poller {
  IO& io;
  const int& done;
  Completion tick = {};

  IOResult<Unit> run() {
    while (done < 20) {
      if (!tick) tick = io.timer(std::chrono::microseconds(10));
      RETURN_IF_IO(take_finished(tick));
    }
    return Unit{};
  }
};

/// Lets others run as long as the clients are not done.
struct Spinner {
  const int& done;

  IOResult<Unit> run() {
    if (done < 3) IO_YIELD_ONE(Completion::yield());
    return Unit{};
  }
};

struct Slices {
  int left;
  std::uint64_t value = 1;

  IOResult<std::uint64_t> run() {
    if (left-- == 0) return value;
    value = value * 3 + 1;
    return Completion::yield();
  }
};

struct Published {
  int count = 0;
  void describe(Archive& archive) const { archive("count", count); }
};

/// Begins anew on each entry, from locals: whoever yields in between does no harm.
struct Sums {
  IOResult<int> get(int i) { return i; }
  IOResult<int> sum(int n) {
    int total = 0;
    for (int i = 0; i < n; ++i) total += RETURN_IF_IO(get(i));
    return total;
  }
};

}  // namespace

SCENARIO("case/long-waits/poller") {
  int done = 0;
  Client client{sim.open("f")};
  Poller poller{sim.io(), done};
  sim.task("client", [&] {
    for (int i = 0; i < 20; ++i) {
      (void)sim.await([&] { return client.read(); });
      ++done;
    }
  });
  sim.task("poller", [&] { (void)sim.await([&] { return poller.run(); }); });
  sim.run();
}

SCENARIO("case/long-waits/spinner") {
  int done = 0;
  Client client{sim.open("f")};
  Spinner spinner{done};
  sim.task("client", [&] {
    for (int i = 0; i < 3; ++i) {
      (void)sim.await([&] { return client.read(); });
      ++done;
    }
  });
  sim.task("spinner", [&] { (void)sim.await([&] { return spinner.run(); }); });
  sim.run();
}

SCENARIO("case/long-waits/slices") {
  Published published;
  sim.observe("published", published);
  sim.task("client", [&] {
    Slices slices{600};
    (void)sim.await([&] { return slices.run(); });
    ++published.count;
  });
  sim.run();
}

SCENARIO("case/long-waits/scrubber") {
  Slices scrubber{1200};
  Client client{sim.open("f")};
  sim.task("clients", [&] {
    for (int i = 0; i < 1200; ++i) (void)sim.await([&] { return client.read(); });
  });
  sim.task("scrubber", [&] { (void)sim.await([&] { return scrubber.run(); }); });
  sim.run();
}

SCENARIO("case/long-waits/sums") {
  sim.survives({.yields_before_calls = true});
  sim.task("client", [&] {
    Sums sums;
    sim.expect_eq(sim.await([&] { return sums.sum(60); }), 60 * 59 / 2);
  });
  sim.run();
}
