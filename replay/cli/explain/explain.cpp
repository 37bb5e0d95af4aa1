#include <reprise/replay/cli/explain/explain.h>

#include <reprise/replay/cli/explain/pages.h>

#include <algorithm>
#include <array>
#include <utility>

namespace reprise {

namespace {

// Words that people look for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> other_words = {
    {{"spinning", "endless-run"},
     {"hang", "crash"},
     {"exception", "crash"},
     {"expect", "invariant"},
     {"note", "notes"},
     {"use-after-free", "heap-lifetime"},
     {"double-free", "heap-lifetime"},
     {"asan", "heap-lifetime"},
     {"benign", "store-watch"},
     {"tsan", "store-watch"}}};

const ExplainPage* find(std::string_view name) {
  for (const auto& [word, meant] : other_words) {
    if (name == word) name = meant;
  }
  for (const auto* const pages : {&check_pages(), &topic_pages()}) {
    const auto at = std::ranges::find(*pages, name, &ExplainPage::name);
    if (at != pages->end()) return &*at;
  }
  return nullptr;
}

}  // namespace

std::string_view explained_page(std::string_view word) {
  const ExplainPage* const page = find(word);
  return page == nullptr ? std::string_view{} : page->name;
}

std::string_view explanation_of(std::string_view name) {
  const ExplainPage* const page = find(name);
  return page == nullptr ? std::string_view{} : std::string_view(page->text);
}

std::string_view summary_of(std::string_view name) {
  const ExplainPage* const page = find(name);
  return page == nullptr ? std::string_view{} : page->summary;
}

std::vector<std::string> explained_topics() {
  std::vector<std::string> names;
  for (const ExplainPage& page : topic_pages()) names.emplace_back(page.name);
  return names;
}

}  // namespace reprise
