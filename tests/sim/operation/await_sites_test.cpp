// Await sites that runs have come to, and those that a program has.
#include <reprise/sim/operation/await_sites.h>

#include <algorithm>
#include <string>

#include "tests/support/toy.h"

using namespace reprise;
using namespace reprise::tests;

namespace {

IOResult<Unit> leaf(const Completion& read) {
  if (!read.finished()) IO_YIELD_ONE(read);
  return Unit{};
}
IOResult<Unit> reached_by_the_run(const Completion& read) {
  RETURN_IF_IO(leaf(read));
  return Unit{};
}
IOResult<Unit> reached_by_nobody(const Completion& read) {
  RETURN_IF_IO(leaf(read));
  return Unit{};
}

bool has(const std::vector<SiteLocation>& places, const std::string& function) {
  return std::ranges::find(places, function, &SiteLocation::function) != places.end();
}

}  // namespace

TEST_CASE("await sites: a run's are taken down each once and in order") {
  ReachedSites reached;
  Toy toy([&](Sim& sim) {
    File& file = sim.open("f");
    const Buffer buffer = Buffer::allocate(4);
    sim.task("t", [&] {
      for (int i = 0; i < 3; ++i) {
        const Completion read = file.pread(0, buffer);
        static_cast<void>(sim.await([&] { return reached_by_the_run(read); }));
        if (sim.option("never", 0) != 0)
          static_cast<void>(sim.await([&] { return reached_by_nobody(read); }));
      }
    });
    sim.run();
  });
  RunOptions options;
  options.sites = &reached;
  static_cast<void>(toy.run(lazy_plan(), options));
  const std::vector<SiteLocation> places = reached.places();
  CHECK(places.size() == 2);
  CHECK(has(places, "leaf"));
  CHECK(has(places, "reached_by_the_run"));
  CHECK(std::ranges::is_sorted(places));
}

TEST_CASE("await sites: the program's own are known whether or not a run comes to them") {
  const std::vector<SiteLocation> all = await_sites_of_program();
  CHECK(has(all, "reached_by_the_run"));
  CHECK(has(all, "reached_by_nobody"));
  CHECK(std::ranges::is_sorted(all));
}

TEST_CASE("await sites: many are kept apart") {
  std::vector<AwaitSite> sites(1000, AwaitSite{"f", "x", "file", 0});
  ReachedSites reached;
  for (int line = 0; line < 1000; ++line) {
    sites[static_cast<std::size_t>(line)].line = line;
    reached.add(sites[static_cast<std::size_t>(line)]);
    reached.add(sites[static_cast<std::size_t>(line)]);
  }
  CHECK(reached.places().size() == 1000);
}
