// Checkpoint: copies what the log holds to the database file, then empties the log.
//
//   Checkpoint checkpoint(pager);
//   std::uint64_t pages = RETURN_IF_IO(checkpoint.run());
//
// Pages are read from the log, all side by side, and written to the database file, all side by
// side; the database file is synced before the log is cut. Sessions read on meanwhile, from the log
// or from the cache; writers wait. After an Err the log still holds everything, or the database
// file does.
#pragma once

#include <reprise/core/core.h>

#include <cstdint>
#include <vector>

#include "scenarios/pager/page.h"
#include "scenarios/pager/pager.h"
#include "scenarios/pager/transfer.h"

namespace reprise::pager {

class Checkpoint {
 public:
  explicit Checkpoint(Pager& pager) : pager_(pager) {}

  /// The number of pages copied. May be called again once it has said Done or Err.
  IOResult<std::uint64_t> run();

 private:
  enum class State : std::uint8_t { lock, read, write, sync, drain, wait, truncate };
  struct Copy {
    PageNumber page = no_page;
    Buffer bytes;
  };

  IOResult<std::uint64_t> steps();
  void start_reads();
  bool all_read() const;
  void start_writes();

  Pager& pager_;
  Tracked<State> state_{"checkpoint_state", State::lock};
  FairLock::Hold write_lock_{pager_.lock_};
  WakeList::Place room_{pager_.room_};
  std::vector<Copy> copies_;
  Batch batch_;
  Transfer sync_;
};

}  // namespace reprise::pager
