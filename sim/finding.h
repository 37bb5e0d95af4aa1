// Finding: what a check reports. Its recorded part has no line numbers and no addresses; places in
// the user's code are kept separately, for the terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A place in the user's code, to be shown with its line.
struct ShownLocation {
  std::string file;
  int line = 0;
  std::string note;
  int column = 0;             // in bytes from 1; 0: not known, the whole line is meant
  std::string function = {};  // the function around the line; empty: not known
};

/// An error ends the run and makes the campaign fail. A note is reported at the end and changes
/// nothing.
enum class Severity : std::uint8_t { error, note };

struct Finding {
  std::string check;      // "double-mutation"
  std::string signature;  // what makes two findings the same bug; stable over edits, seeds, plans
  std::string message;    // what went wrong, in one sentence
  std::vector<std::string> evidence;  // one fact per line
  std::string expected;               // what should have been, in one sentence; not in the trace
  std::string help;                   // how to mend it
  std::vector<ShownLocation> places;  // not part of the trace
  Severity severity = Severity::error;
};

}  // namespace reprise
