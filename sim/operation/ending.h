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

  /// Whether it ended without an answer, so that it is cleaned up.
  bool is_dropped() const { return kind == Kind::aborted || kind == Kind::abandoned; }
};

/// How the operation ended, as a predicate: "ended in Err EIO", "was abandoned".
std::string in_words(const OperationEnd& ending);

}  // namespace reprise
