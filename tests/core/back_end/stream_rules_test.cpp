// The rules that every network keeps, on real sockets.
#include "tests/support/stream_rules.h"

#include <doctest/doctest.h>
#include <reprise/core/await.h>
#include <reprise/core/back_end/loop.h>

#include "tests/support/back_ends.h"

using namespace reprise;
using namespace reprise::tests;

TEST_CASE_TEMPLATE("real network: the rules of streams hold", Kind, PosixBackEnd, UringBackEnd) {
  for (const StreamRule& rule : stream_rules()) {
    CAPTURE(rule.name);
    for (const char* const address : {":0", "127.0.0.1:0", "localhost:0", "[::1]:0"}) {
      CAPTURE(address);
      const auto io = make_back_end<Kind>();
      if (!io) return;
      if (!can_listen_at(*io, address)) continue;
      StreamRig rig{*io, address, [&](const Completion& c) { return finish(*io, c); }};
      CHECK(joined(rule.tell(rig)) == joined(rule.expected));
    }
  }
}

TEST_CASE_TEMPLATE("real network: the rules of streams hold under the loop", Kind, PosixBackEnd,
                   UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  Loop loop(*io);
  const auto wait = [&](const Completion& completion) {
    const auto entry = [&]() -> IOResult<Unit> {
      if (!completion.finished()) IO_YIELD_ONE(completion);
      return Unit{};
    };
    REQUIRE(loop.await(entry).ok());
    return completion.get_error();
  };
  for (const StreamRule& rule : stream_rules()) {
    CAPTURE(rule.name);
    StreamRig rig{*io, ":0", wait};
    CHECK(joined(rule.tell(rig)) == joined(rule.expected));
  }
}
