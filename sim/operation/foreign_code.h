// ForeignCode: code that runs on a stack beside its task's own, and blocks there.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/result.h>

#include <cstdint>

namespace reprise {

class ForeignCode {
 public:
  virtual ~ForeignCode() = default;
  /// Called from within the code: blocks until `completion` has finished, and gives its result. The
  /// caller's handle is empty from then on. If the frames are dropped meanwhile, this never
  /// returns.
  virtual Result<std::uint64_t> block(Completion&& completion) = 0;
};

}  // namespace reprise
