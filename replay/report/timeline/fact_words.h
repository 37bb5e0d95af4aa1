// Fact words: reads from the words of a logged fact what it is about. The words are those of
// sim/world (operation_driver, world_host, world_observer); a full trace has nothing else.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/logged_event.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise {

inline constexpr std::string_view effect_words = " takes effect";

/// "enters `bump` again (entry 2)": 2.
std::optional<std::uint64_t> entry_in(std::string_view what);

struct YieldWords {
  std::string site;     // the awaited expression; empty: not known
  std::string awaited;  // `read(db)#1`, or a phrase
};
/// "yields at `pending`, and waits for read(db)#1".
std::optional<YieldWords> yield_in(std::string_view what);

/// "its operation ends: Done": `Done`.
std::optional<std::string> operation_end_in(std::string_view what);

/// "changes `value` (+=): 0 -> 1": "`value` (+=): 0 -> 1".
std::optional<std::string> store_in(std::string_view what);

struct IoEndWords {
  std::string io;
  std::string outcome;  // `finished`, `4 bytes`, `fired`, `EIO`
  bool is_failed = false;
};
/// "client/read(db)#1 has finished: 4 bytes".
std::optional<IoEndWords> io_end_in(std::string_view what);

struct DecisionWords {
  std::string point;  // `client/read(db)#1`
  bool is_fault = false;
};
/// "client/read(db)#1/error: fails with EIO".
DecisionWords decision_in(std::string_view what);

/// "power of a is lost", "process is killed": the node's name, empty for the one without.
std::optional<std::string> fallen_node_in(const LoggedFact& fact);

/// The node of a task or of an I/O, `a` in `a:client/read(db)#1`; empty if it has no name.
std::string node_of(std::string_view name);

/// The I/O's whole name, where a fact about `who` may have left out that of its task.
std::string full_io_name(std::string_view who, std::string_view io);

// A finding's evidence.

/// "task `client`, in `bump`": `client`.
std::optional<std::string> task_in(std::string_view evidence);

struct EntryWords {
  std::uint64_t entry = 0;
  std::string what;
};
/// "entry 1: `value` +=, 0 -> 1".
std::optional<EntryWords> evidence_store_in(std::string_view evidence);

/// Whether a store's fact, "`value` (+=): 0 -> 1", is the one that evidence calls
/// "`value` +=, 0 -> 1".
bool is_same_store(std::string_view fact, std::string_view evidence);

}  // namespace reprise
