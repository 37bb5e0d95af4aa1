// The pages of `reprise explain`, as they are printed: 80 columns, one file for each theme. A new
// page is one entry in one of them, in the order of names.
#pragma once

#include <span>
#include <string_view>

namespace reprise {

struct ExplainPage {
  std::string_view name;
  std::string_view summary;  // a few words, for a list
  std::string_view text;     // ends in a newline
};

/// The pages about checks: of re-entry, of what a scenario declares, and of completions, buffers
/// and whole runs.
std::span<const ExplainPage> pages_on_entries();
std::span<const ExplainPage> pages_on_claims();
std::span<const ExplainPage> pages_on_runs();
/// The pages about other topics than checks.
std::span<const ExplainPage> pages_on_topics();

}  // namespace reprise
