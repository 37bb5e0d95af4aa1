#include <reprise/core/io_result.h>

#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>

#include <exception>

namespace reprise::internal {

void IOAnswer::tell_ignored() const {
  Observer* const watching = observer();
  // During stack unwinding the caller had no chance to inspect it.
  if (watching != nullptr && std::uncaught_exceptions() == 0) {
    watching->answer_ignored(io_.completion());
  }
}

}  // namespace reprise::internal
