// Faults: the faults that a scenario's code survives, and that may therefore be injected.
#pragma once

#include <cstdint>

namespace reprise {

/// The side that sees a failed completion first.
enum class ErrorContract : std::uint8_t {
  machine,  // the machine is entered again and sees the error itself
  driver,   // the driver sees it, and calls `abort`; the machine is not entered again
  either,   // some runs use the one, some the other
};

/// The faults that the code under test survives. By default only timing is explored.
struct Faults {
  bool errors = false;    // I/O fails, once or for good: EIO, ENOSPC, EDQUOT, EFBIG, EROFS
  bool refusals = false;  // an I/O is refused at submit: EAGAIN, EBUSY, ENOMEM; 8 in a row at most
  bool retries = false;   // EINTR and EAGAIN, at most 8 in a row
  bool short_io = false;  // reads and writes move fewer bytes than asked
  bool cancels = false;   // what an operation waits for is cancelled
  bool abandons = false;  // an operation is dropped at a yield (needs AwaitOptions::abandon)
  bool spurious = false;  // a machine is entered although nothing has finished
  bool yields_before_calls = false;  // the strict contract: callees are driven to Done
  bool sync_errors = false;  // a sync fails, and gives up what it should have made durable; only on
                             // a disk that may lose power
  bool connections = false;  // connections are refused, time out and are lost
  bool datagrams = false;    // datagrams are lost, come twice, and come late
  bool corruption = false;   // bits of what is sent over the network flip on the way
  bool slow_links = false;   // what is sent to another node takes its time, up to a minute
  bool partitions =
      false;               // the network between nodes is cut for a while, in one direction or both
  bool no_memory = false;  // an allocation fails, in an entry: of code with the store watch, and of
                           // libraries that sim.no_memory_in() names
  bool power_loss = false;  // set by sim.recovers(): the power is lost, and what was not durable
  ErrorContract contract = ErrorContract::machine;
};

}  // namespace reprise
