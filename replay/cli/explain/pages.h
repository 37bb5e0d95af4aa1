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

/// Of checks: what a machine does when it is entered again; what a scenario has said of it; and
/// what it does to its completions, its buffers and its whole run.
std::span<const ExplainPage> pages_on_entries();
std::span<const ExplainPage> pages_on_claims();
std::span<const ExplainPage> pages_on_runs();
/// What is no check.
std::span<const ExplainPage> pages_on_topics();

}  // namespace reprise
