#include "scenarios/pager/model.h"

#include <reprise/core/digest.h>

#include <algorithm>
#include <cstring>

namespace reprise::pager {

namespace {
constexpr std::size_t words = page_size / sizeof(std::uint64_t);
using Words = std::array<std::uint64_t, words>;
}  // namespace

Page make_page(const Content& content) {
  Words filled{content.page, content.version, static_cast<std::uint64_t>(content.amount)};
  for (std::size_t i = 3; i < words; ++i) {
    filled[i] = mix(mix(content.page, content.version), mix(filled[2], i));
  }
  Page page;
  std::memcpy(page.data(), filled.data(), page.size());
  return page;
}

std::optional<Content> parse_page(const Page& page) {
  Words filled;
  std::memcpy(filled.data(), page.data(), page.size());
  const Content content{filled[0], filled[1], static_cast<std::int64_t>(filled[2])};
  if (make_page(content) != page) return std::nullopt;
  return content;
}

void Model::committed(const Pages& changes) {
  for (const auto& [page, content] : changes) {
    pages_[page] = content;
    history_[content.version] = content;
  }
  maybe_.clear();
}

Content Model::at(PageNumber page) const {
  const auto place = pages_.find(page);
  return place == pages_.end() ? Content{} : place->second;
}

bool Model::was_committed(const Content& content, std::uint64_t version) const {
  const auto place = history_.find(content.version);
  return place != history_.end() && place->second == content && content.version >= version;
}

bool Model::may_recover(const Pages& found) const {
  if (found == pages_) return true;
  return std::ranges::any_of(maybe_, [&](const Pages& changes) {
    Pages pages = pages_;
    for (const auto& [page, content] : changes) pages[page] = content;
    return found == pages;
  });
}

}  // namespace reprise::pager
