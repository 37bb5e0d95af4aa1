// Rules that every IO with a network keeps, simulated or real: each is a story of two ends in one
// thread, whose notes must be the same everywhere.
//
//   StreamRig rig{io, ":0", [&](const Completion& c) { ... wait, and give its error ... }};
//   for (const StreamRule& rule : stream_rules()) CHECK(rule.tell(rig) == rule.expected);
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/io.h>
#include <reprise/core/network/stream.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

using StreamNotes = std::vector<std::string>;

/// An IO, where it listens, and how one waits for a completion; that gives its error.
struct StreamRig {
  IO& io;
  std::string address;
  std::function<IOError(const Completion&)> wait;
};

struct StreamRule {
  std::string_view name;
  StreamNotes expected;
  StreamNotes (*tell)(StreamRig& rig);
};

const std::vector<StreamRule>& stream_rules();
/// A line each.
std::string joined(const StreamNotes& notes);

/// Both ends of a new connection.
struct StreamPair {
  std::unique_ptr<Listener> door;
  std::unique_ptr<Stream> client;
  std::unique_ptr<Stream> server;
};
StreamPair connect_pair(StreamRig& rig);
/// Sends all of `text`, however many sends that takes; gives the error.
IOError send_all(StreamRig& rig, Stream& stream, std::string_view text);
/// Receives until there are `size` bytes, or no more; an error is at the end: "abc EPIPE".
std::string receive(StreamRig& rig, Stream& stream, std::size_t size);

}  // namespace reprise::tests
