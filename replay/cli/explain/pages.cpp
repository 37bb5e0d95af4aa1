#include <reprise/replay/cli/explain/pages.h>
#include <reprise/replay/text/markdown.h>

#include <reprise/core/assert.h>

#include <algorithm>

namespace reprise {

namespace {

constexpr std::string_view title = "# ";
constexpr std::string_view heading = "## ";
constexpr std::string_view fence = "```";

// The first line of `text`, which loses it and its newline.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::vector<ExplainPage> pages_from(std::span<const EmbeddedFile> files) {
  std::vector<ExplainPage> pages;
  for (const EmbeddedFile& file : files) pages.push_back(explain_page_from(file.text));
  std::ranges::sort(pages, {}, &ExplainPage::name);
  return pages;
}

}  // namespace

ExplainPage explain_page_from(std::string_view markdown) {
  const std::string_view first = take_line(markdown);
  const std::size_t colon = first.find(": ");
  REPRISE_ASSERT(first.starts_with(title) && colon != std::string_view::npos,
                 "a page of explain begins with `# NAME: summary`");
  ExplainPage page{first.substr(title.size(), colon - title.size()), first.substr(colon + 2), {}};
  take_line(markdown);  // empty
  const std::string shown = without_comments(markdown);
  markdown = shown;
  bool is_code = false;
  while (!markdown.empty()) {
    std::string_view line = take_line(markdown);
    if (line.starts_with(fence)) {
      is_code = !is_code;
      continue;
    }
    if (!is_code && line.starts_with(heading)) {
      line.remove_prefix(heading.size());
    } else if (!line.empty()) {
      page.text += is_code ? "    " : "  ";
    }
    (page.text += line) += '\n';
  }
  return page;
}

const std::vector<ExplainPage>& check_pages() {
  static const std::vector<ExplainPage> pages = pages_from(check_page_files());
  return pages;
}

const std::vector<ExplainPage>& topic_pages() {
  static const std::vector<ExplainPage> pages = pages_from(topic_page_files());
  return pages;
}

}  // namespace reprise
