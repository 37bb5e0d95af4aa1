#include <reprise/core/back_end/back_end.h>

#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "tests/support/allocation_count.h"
#include "tests/support/back_ends.h"
#include "tests/support/stream_rules.h"
#include "tests/support/temporary_folder.h"

using namespace reprise;
using namespace reprise::tests;

TEST_CASE_TEMPLATE("back end: once it has grown an I/O allocates nothing", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const TemporaryFolder folder;
  const auto file = open_at(*io, folder / "f");
  const Buffer page = Buffer::allocate(512);
  std::vector<std::array<Buffer, 2>> parts;
  for (int i = 0; i < 400; ++i) parts.push_back({Buffer::allocate(512), Buffer::allocate(512)});
  std::vector<Completion> ios;
  ios.reserve(5 * 400);
  const auto round = [&] {
    for (std::uint64_t i = 0; i < 400; ++i) {
      ios.push_back(file->pwrite(512 * i, page));
      ios.push_back(file->preadv(512 * i, parts[i]));
      ios.push_back(file->append(page, {.durable = i % 100 == 0}));
      ios.push_back(file->truncate(512 * i));
      ios.push_back(io->timer(Duration(static_cast<std::int64_t>(i))));
    }
    drain(*io);
    ios.clear();
  };
  for (int i = 0; i < 3; ++i) round();
  const std::uint64_t before = allocations;
  for (int i = 0; i < 3; ++i) round();
  CHECK(allocations == before);
}

TEST_CASE_TEMPLATE("back end: once it has grown an exchange allocates nothing", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  StreamRig rig{*io, "127.0.0.1:0", [&](const Completion& c) { return finish(*io, c); }};
  const StreamPair pair = connect_pair(rig);
  const Buffer out = bytes_of("ping");
  const std::array<Buffer, 2> in = {Buffer::allocate(3), Buffer::allocate(3)};
  const auto exchange = [&] {
    const Completion received = pair.server->recv(in);
    const Completion sent = pair.client->send(out);
    const Completion writable = pair.client->writable();
    drain(*io);
    return received.result() == 4 && sent.result() == 4 && writable.succeeded();
  };
  for (int i = 0; i < 10; ++i) REQUIRE(exchange());
  const std::uint64_t before = allocations;
  bool all = true;
  for (int i = 0; i < 10; ++i) all = exchange() && all;
  CHECK(all);
  CHECK(allocations == before);
}
