// SubmitPlaces: the lines of the user's code that submitted I/Os. They are known in logged runs of
// code that is compiled with the store watch.
#pragma once

#include <reprise/sim/finding.h>
#include <reprise/sim/plan/identity.h>

#include <map>
#include <string>
#include <utility>

namespace reprise {

class DebugInfo;

class SubmitPlaces {
 public:
  void begin_run() { lines_.clear(); }
  /// Records that the calls under way submit `io`.
  void keep(const Identity& io, DebugInfo& debug_info);
  /// Adds the line of `io` to what the finding shows, with `note`; false if it is not known.
  bool add(Finding& finding, const Identity& io, std::string note) const;
  /// The same for two I/Os; if both are on one line, it is shown once.
  struct Notes {
    std::string first, second, both;
  };
  bool add(Finding& finding, const Identity& first, const Identity& second, Notes notes) const;

 private:
  std::map<std::pair<NameId, std::uint32_t>, ShownLocation> lines_;  // by name and ordinal
};

}  // namespace reprise
