// Trace: the JSON record of a run, `"format": "reprise-trace/1"`. Its plan makes the run again
// without any random generator; the other fields say where the run came from and what it showed.
// docs/TRACE.md describes every field, and docs/schemas/trace.json is the JSON Schema. A new field
// is added here and in those two.
//
//   Trace trace{.scenario = "counter/bump", .build = build_text(), .plan = recording.plan(names)};
//   std::string text = to_json(trace);
#pragma once

#include <reprise/replay/text/expected.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

inline constexpr std::string_view trace_format = "reprise-trace/1";

/// The recorded part of a Finding.
struct TracedFinding {
  std::string check;
  std::string signature;
  std::string message;
  std::vector<std::string> evidence;

  friend bool operator==(const TracedFinding&, const TracedFinding&) = default;
};

struct Trace {
  std::string scenario;
  Options options = {};
  std::string build = {};  // the only field that depends on the machine
  // The origin of the plan; replay uses neither.
  std::optional<std::uint64_t> seed = {};
  std::string strategy = {};

  Plan plan = {};
  /// The meaning of each of plan.decisions, in words, for people only. May have fewer entries; see
  /// meaning_of().
  std::vector<std::string> meanings = {};

  std::optional<TracedFinding> finding = {};
  /// The digest of the event log. Nothing if it is not known, as after an edit of the plan; then it
  /// is not compared.
  std::optional<std::uint64_t> digest = {};
  /// The events; only in a full trace.
  std::vector<LoggedEvent> events = {};
};

/// The meaning of trace.plan.decisions[index]: as the trace gives it, else by its kind.
std::string meaning_of(const Trace& trace, std::size_t index);

TracedFinding traced(const Finding& finding);

/// The text for Trace::build of this program: "0.1.0 3be91f2 GNU 12.2.0 RelWithDebInfo".
std::string build_text();

/// The same trace gives the same bytes on every compiler and machine: one decision a line, one
/// event a line, a newline at the end. NUL characters and bytes that are not UTF-8 become U+FFFD.
std::string to_json(const Trace& trace);

/// Reads the output of to_json(), also after a person has edited it. Everything is validated: all
/// identities parse, those of decisions have a decision's kind, and those of the order an event's.
Expected<Trace> parse_trace(std::string_view text);

}  // namespace reprise
