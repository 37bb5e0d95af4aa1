// Records: keys and values in one page. The page begins with the number of the chain's next page
// and the bytes in use; then come the records, each with the sizes of its key and value, a byte
// each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/pager/page.h"

namespace pager_store {

inline constexpr std::size_t record_bytes_max = 128;  // of a key and its value together

class Records {
 public:
  explicit Records(const reprise::pager::Page& page) : page_(page) {}

  const reprise::pager::Page& page() const { return page_; }
  /// The chain's next page, or no_page.
  reprise::pager::PageNumber next() const;
  void set_next(reprise::pager::PageNumber page);

  std::optional<std::string> find(std::string_view key) const;
  /// False if there is none.
  bool remove(std::string_view key);
  /// False if there is no room. The key must not be there.
  bool add(std::string_view key, std::string_view value);

 private:
  struct Place {
    std::size_t begin;
    std::size_t value;
    std::size_t end;
  };

  std::uint16_t end() const;
  void set_end(std::size_t end);
  std::optional<Place> place_of(std::string_view key) const;

  reprise::pager::Page page_;
};

}  // namespace pager_store
