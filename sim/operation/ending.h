// OperationEnd: how an operation has ended.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/io_error.h>

#include <cstdint>
#include <string>

namespace reprise {

struct OperationEnd {
  enum class Kind : std::uint8_t {
    done,
    error,
    aborted,    // the driver saw that what it waited for had failed
    abandoned,  // dropped at a yield
    threw
  };
  Kind kind = Kind::done;
  IOError error = IOError::none;  // error, aborted

  /// Without an answer, and cleaned up behind.
  bool is_dropped() const { return kind == Kind::aborted || kind == Kind::abandoned; }
};

/// What the operation did: "ended in Err EIO", "was abandoned".
std::string in_words(const OperationEnd& ending);

}  // namespace reprise
