// The rules that all datagrams keep, on real sockets.
#include "tests/support/datagram_rules.h"

#include <doctest/doctest.h>
#include <reprise/core/network/datagram.h>

#include "tests/support/back_ends.h"

using namespace reprise;
using namespace reprise::tests;

TEST_CASE_TEMPLATE("real network: the rules of datagrams hold", Kind, PosixBackEnd, UringBackEnd) {
  for (const DatagramRule& rule : datagram_rules()) {
    CAPTURE(rule.name);
    for (const char* const address : {":0", "127.0.0.1:0", "localhost:0", "[::1]:0"}) {
      CAPTURE(address);
      const auto io = make_back_end<Kind>();
      if (!io) return;
      if (!can_listen_at(*io, address)) continue;
      DatagramRig rig{*io, address, [&](const Completion& c) { return finish(*io, c); }};
      CHECK(joined(rule.tell(rig)) == joined(rule.expected));
    }
  }
}

TEST_CASE_TEMPLATE("real network: a datagram from IPv4 to a socket of all addresses is answered",
                   Kind, PosixBackEnd, UringBackEnd) {
  const auto io = make_back_end<Kind>();
  if (!io) return;
  const auto server = std::move(io->datagram_socket(":0")).value();
  const auto client = std::move(io->datagram_socket("127.0.0.1:0")).value();
  REQUIRE(finish(*io, client->send_to(server->address(), bytes_of("?"))) == IOError::none);
  const Buffer buffer = Buffer::allocate(4);
  const Completion received = server->recv_from(buffer);
  REQUIRE(finish(*io, received) == IOError::none);
  CHECK(server->take_sender(received) == client->address());
}
