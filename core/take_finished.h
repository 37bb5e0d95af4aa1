// take_finished(): waits for a completion that the machine keeps, takes it, and gives its bytes.
//
//   IOResult<Unit> Log::append() {
//     if (!pending) pending = file.pwrite(end, record);
//     end += RETURN_IF_IO(take_finished(pending));
//     return Unit{};
//   }
//
// Afterwards `pending` is empty again, also after an error. A short count is given as it is; a
// FullTransfer (full_transfer.h) submits the rest.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>

#include <cstdint>
#include <utility>

namespace reprise {

/// IO until `pending` has finished; then its bytes (of a group, the sum) or its error, with
/// `pending` left empty. Requires that `pending` stands for an I/O.
inline IOResult<std::uint64_t> take_finished(Completion& pending) {
  // This is not an await site, so that findings show the caller's line.
  if (!pending.finished()) return pending;
  const Completion finished = std::exchange(pending, {});
  if (!finished.succeeded()) return finished.get_error();
  return finished.result();
}

}  // namespace reprise
