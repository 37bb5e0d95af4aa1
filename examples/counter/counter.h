// Counter: a number in a file, and a machine that raises it. Production code: it knows
// reprise::core only. The tests of doctest/, googletest/ and catch2/ are about it.
#pragma once

#include <reprise/core/core.h>

#include <cstddef>
#include <cstdint>
#include <utility>

struct Counter {
  explicit Counter(reprise::File& its_file) : file(its_file) {}

  /// Makes the next number durable, then counts it.
  reprise::IOResult<int> bump() {
    RETURN_IF_IO(store(*value + 1));
    value += 1;
    return *value;
  }

  reprise::IOResult<reprise::Unit> store(int number) {
    if (!written) {
      const reprise::Buffer byte = reprise::Buffer::allocate(1);
      byte.bytes()[0] = static_cast<std::byte>(number);
      written = file.pwrite(0, byte);
    }
    if (!written.finished()) IO_YIELD_ONE(written);
    const reprise::Completion done = std::exchange(written, {});
    if (!done.succeeded()) return done.get_error();
    return reprise::Unit{};
  }

  reprise::File& file;
  reprise::Tracked<int> value{"value"};
  reprise::Completion written;
};

/// The same with a bug.
struct HastyCounter : Counter {
  using Counter::Counter;

  reprise::IOResult<int> bump() {
    value += 1;                   // changed first ...
    RETURN_IF_IO(store(*value));  // ... and then it yields: the re-entry adds one more
    return *value;
  }
};
