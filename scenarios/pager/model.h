// Model: what a database behind a pager must hold. Pages bear their number, a version that no other
// write has, an amount, and filler made of all three, so that a lost, doubled, misplaced or torn
// page is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "scenarios/pager/page.h"

namespace reprise::pager {

struct Content {
  PageNumber page = no_page;
  std::uint64_t version = 0;
  std::int64_t amount = 0;

  friend bool operator==(const Content&, const Content&) = default;
};

Page make_page(const Content& content);
/// Nothing if the page is torn or was never written.
std::optional<Content> parse_page(const Page& page);

class Model {
 public:
  using Pages = std::map<PageNumber, Content>;

  std::uint64_t new_version() { return ++last_version_; }

  void committed(const Pages& changes);
  /// Nobody may see them, unless the database is opened again before the next commit.
  void failed(const Pages& changes) { maybe_.push_back(changes); }
  /// The log is empty: what failed is gone for good.
  void log_emptied() { maybe_.clear(); }

  /// What is committed of a page now; version 0 if nothing is.
  Content at(PageNumber page) const;
  /// It is committed now, or was at some time since `version` was.
  bool was_committed(const Content& content, std::uint64_t version) const;
  /// What a pager that opens the files now may find.
  bool may_recover(const Pages& found) const;

 private:
  std::uint64_t last_version_ = 0;
  Pages pages_;                               // all that is committed
  std::map<std::uint64_t, Content> history_;  // ever committed, by version
  std::vector<Pages> maybe_;                  // failed since the last commit
};

}  // namespace reprise::pager
