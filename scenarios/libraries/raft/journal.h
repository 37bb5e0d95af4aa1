// Journal: the file in which a process keeps what raft must not forget. Records are only appended,
// one write and one sync at a time, so that no later record is durable without all earlier ones.
#pragma once

#include "scenarios/libraries/raft/events.h"

#include <reprise/reprise.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace reprise::libraries::consensus {

class Journal {
 public:
  /// Called at an event of its own; `is_kept` is false if the disk has failed.
  using Done = std::function<void(bool is_kept)>;

  /// The bytes of a file with this one record.
  static std::string image(std::string_view record);

  /// The planted mistake: `says_early`, a record is said to be kept before the sync.
  Journal(const Sim::Node& node, Events& events, bool says_early)
      : node_(node), events_(events), says_early_(says_early) {}

  // On the stack of the process; both block.

  /// Opens the file, and gives each whole record to `see`. What a power loss has left behind the
  /// last one is cut off.
  bool recover(const std::function<void(std::string_view record)>& see);
  /// Waits until all that was appended is kept; false if the disk has failed.
  bool wait();

  void append(std::string_view record, Done done);

 private:
  struct Waiting {
    std::string bytes;
    Done done;
  };

  bool wait_for(Completion&& completion);
  void begin();
  void write_rest();
  void step();
  void tell(bool is_kept);

  Sim::Node node_;
  Events& events_;
  bool says_early_;
  std::unique_ptr<File> file_;
  std::uint64_t end_ = 0;  // of what is durable
  bool has_failed_ = false;
  std::deque<Waiting> waiting_;  // the first `writing_` of them are being written
  std::size_t writing_ = 0;
  std::uint64_t kept_ = 0;  // records, since recover()
  std::uint64_t asked_ = 0;
  Buffer buffer_;
  std::size_t written_ = 0;  // bytes of the buffer
  bool is_syncing_ = false;
  Completion pending_;  // the write or the sync
};

}  // namespace reprise::libraries::consensus
