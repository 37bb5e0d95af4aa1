// RepeatedCalls: the calls of foreign code that have said "again" and are still to be made again,
// with their arguments, by task.
#pragma once

#include <reprise/core/network/repeated_call.h>
#include <reprise/core/observer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise::internal {

/// An argument that outlives its call.
struct KeptArgument {
  explicit KeptArgument(const RepeatedArgument& argument)
      : kind(argument.kind()), value(argument.value()), bytes(argument.bytes()) {}
  RepeatedArgument view() const { return {kind, value, bytes}; }

  RepeatedArgument::Kind kind;
  std::uint64_t value;
  std::string bytes;
};

class RepeatedCalls {
 public:
  /// The task that makes a call, and the event in which it does.
  struct Caller {
    std::uint32_t task = 0;
    std::uint32_t operation = 0;  // of the task, by number from 1; the next may start over
    std::uint64_t event = 0;      // the number of the event
  };
  struct Waiting {
    Caller caller;
    std::string name;
    CodeLocation place;
    std::vector<KeptArgument> arguments;
  };

  /// Takes note of a call. If the operation's last call of this name has said "again", and had
  /// arguments that do not allow these, gives a sentence that says so.
  std::optional<std::string> made(const Caller& caller, const RepeatedCall& call);
  /// The last call of that task that has said "again" at this event; null if there is none.
  const Waiting* last_of(std::uint32_t task, std::uint64_t event) const;
  void clear() { waiting_.clear(); }

 private:
  std::vector<Waiting> waiting_;
};

}  // namespace reprise::internal
