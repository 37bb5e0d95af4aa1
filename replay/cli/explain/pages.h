// The pages of `reprise explain`: docs/checks/NAME.md for each check, docs/topics/NAME.md for each
// other topic, embedded at build time. A page begins with `# NAME: a summary in a few words`; its
// sections begin with `## `, its code stands in fences.
#pragma once

#include <reprise/replay/text/embedded.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct ExplainPage {
  std::string_view name;
  std::string_view summary;  // a few words, for a list
  std::string text;          // as it is printed, in 80 columns; ends in a newline
};

/// The pages as they are in the source tree.
std::span<const EmbeddedFile> check_page_files();
std::span<const EmbeddedFile> topic_page_files();

/// The page that `markdown`, which must outlive it, makes.
ExplainPage explain_page_from(std::string_view markdown);

/// In the order of names.
const std::vector<ExplainPage>& check_pages();
const std::vector<ExplainPage>& topic_pages();

}  // namespace reprise
