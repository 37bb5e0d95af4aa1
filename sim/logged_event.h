// LoggedEvent: what a full log keeps of one event of a run: who did what in it. A trace file has
// all of its facts as one text; to_text() and facts_from() are the two ways between them.
//
//   LoggedEvent event{"client/turn#1/turn", {{"client", "begins an operation (entry 1)"},
//                                            {"client", "submits", "read(db)#1"}}};
//   to_text(event.facts);  // "client: begins an operation (entry 1); client: submits read(db)#1"
#pragma once

#include <reprise/core/observer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// One thing that was done: `client` `submits` `read(db)#1`.
struct LoggedFact {
  std::string who;      // a task, "disk", "clock" or "plan"; empty: not known
  std::string what;     // with `who` before it and `io` behind it, a sentence; has no "; "
  std::string io = {};  // the I/O that is submitted; empty for all other facts; has no "; "

  /// The sentence without who it is about: "submits read(db)#1".
  std::string predicate() const { return io.empty() ? what : what + ' ' + io; }

  friend bool operator==(const LoggedFact&, const LoggedFact&) = default;
};

/// One line of a full trace.
struct LoggedEvent {
  std::string identity;
  std::vector<LoggedFact> facts = {};  // in the order of time
  std::uint64_t time_ns = 0;
  std::uint64_t digest = 0;  // of the run up to and with this event
  /// For a turn, where the task has yielded last. In this process only; may be null.
  const internal::AwaitSite* site = nullptr;
  /// The same as a place in the user's code, also in another process. Not in a trace. Empty: not
  /// known.
  std::string file = {};
  int line = 0;
};

/// A fact; "; " in `what` and `io` becomes ";".
LoggedFact logged_fact(std::string_view who, std::string_view what, std::string_view io = {});

/// All facts as one text: "client: submits read(db)#1; client: yields".
std::string to_text(const std::vector<LoggedFact>& facts);

/// The facts in such a text. Whatever the text is, to_text() gives it back; the facts that it was
/// made of come back if no `who` contains "; " or ": ".
std::vector<LoggedFact> facts_from(std::string_view text);

}  // namespace reprise
