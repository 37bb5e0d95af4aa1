// Trace: the JSON record of a run, `"format": "reprise-trace/1"`. Its plan makes the run again
// without any random generator; the rest says where it came from and what came out. docs/TRACE.md
// describes every field, trace.schema.json is its JSON Schema. A new field is a line in each of the
// three.
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

/// What is recorded of a Finding.
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
  // Where the plan came from; replay uses neither.
  std::optional<std::uint64_t> seed = {};
  std::string strategy = {};

  Plan plan = {};
  /// What each of plan.decisions means, in words; for people only. May be shorter; see
  /// meaning_of().
  std::vector<std::string> meanings = {};

  std::optional<TracedFinding> finding = {};
  /// The digest of the event log. Nothing: not known (somebody edited the plan), so not compared.
  std::optional<std::uint64_t> digest = {};
  /// Only of a full trace.
  std::vector<LoggedEvent> events = {};
};

/// What trace.plan.decisions[index] means: as given, else by its kind.
std::string meaning_of(const Trace& trace, std::size_t index);

TracedFinding traced(const Finding& finding);

/// The build that this program is, for Trace::build: "0.1.0 3be91f2 GNU 12.2.0 RelWithDebInfo".
std::string build_text();

/// The same trace gives the same bytes on every compiler and machine: one decision a line, one
/// event a line, a newline at the end. What is not UTF-8, and NUL characters, become U+FFFD.
std::string to_json(const Trace& trace);

/// Reads what to_json() writes, and what a person made of it. Everything is validated: an identity
/// that it returns parses, a decision's kind is a decision's, an order entry's an event's.
Expected<Trace> parse_trace(std::string_view text);

}  // namespace reprise
