// SeenAccess: the words in which a finding describes an access that World::memory() has seen.
#pragma once

#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <optional>
#include <string>
#include <vector>

namespace reprise {

class SeenAccess {
 public:
  /// In a run that is not logged, names are not looked up because nobody reads them.
  SeenAccess(RunView& run, const MemoryAccess& access);

  /// `pager.free_count`, or `otherwise` if its name is not known.
  std::string variable_or(const std::string& otherwise) const;
  /// "3 -> 4", or empty if the type is not known.
  std::string change(const MemoryAccess& access) const;
  /// The user's own line that made the access; nothing without debug information.
  std::optional<ShownLocation> place(const std::string& note) const;
  /// The user's own calls that led there, the innermost first: "`f` (f.c:12), `g` (f.c:30)"; empty
  /// where none is known.
  std::string callers() const;
  /// Whether the user has declared the accessed variable or function benign.
  bool is_benign() const;

 private:
  RunView& run_;
  std::vector<CodeLine> lines_;
  Variable variable_;
};

}  // namespace reprise
