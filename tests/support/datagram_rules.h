// Rules that every IO with datagrams keeps, simulated or real: each is a story in one thread, whose
// notes must be the same everywhere, as long as no datagram is lost.
//
//   DatagramRig rig{io, ":0", [&](const Completion& c) { ... wait, and give its error ... }};
//   for (const DatagramRule& rule : datagram_rules()) CHECK(rule.tell(rig) == rule.expected);
#pragma once

#include <reprise/core/io.h>

#include <string_view>
#include <vector>

#include "tests/support/stream_rules.h"

namespace reprise::tests {

/// An IO, where it has sockets, and how one waits for a completion.
using DatagramRig = StreamRig;
using DatagramNotes = StreamNotes;

struct DatagramRule {
  std::string_view name;
  DatagramNotes expected;
  DatagramNotes (*tell)(DatagramRig& rig);
};

const std::vector<DatagramRule>& datagram_rules();

}  // namespace reprise::tests
