#include "records.h"

#include <algorithm>
#include <cstring>

namespace pager_store {

using reprise::pager::page_size;
using reprise::pager::PageNumber;

namespace {

constexpr std::size_t end_at = sizeof(PageNumber);
constexpr std::size_t header_bytes = end_at + sizeof(std::uint16_t);

}  // namespace

PageNumber Records::next() const {
  PageNumber page = 0;
  std::memcpy(&page, page_.data(), sizeof page);
  return page;
}

void Records::set_next(PageNumber page) { std::memcpy(page_.data(), &page, sizeof page); }

std::uint16_t Records::end() const {
  std::uint16_t end = 0;
  std::memcpy(&end, page_.data() + end_at, sizeof end);
  // A page of zeros is an empty one.
  return std::clamp<std::uint16_t>(end, header_bytes, page_size);
}

void Records::set_end(std::size_t end) {
  const auto stored = static_cast<std::uint16_t>(end);
  std::memcpy(page_.data() + end_at, &stored, sizeof stored);
}

std::optional<Records::Place> Records::place_of(std::string_view key) const {
  const std::size_t end = this->end();
  for (std::size_t at = header_bytes; at + 2 <= end;) {
    const std::size_t value = at + 2 + std::to_integer<std::size_t>(page_[at]);
    const std::size_t behind = value + std::to_integer<std::size_t>(page_[at + 1]);
    if (behind > end) break;
    const auto* const text = reinterpret_cast<const char*>(page_.data());
    if (std::string_view(text + at + 2, value - at - 2) == key) return Place{at, value, behind};
    at = behind;
  }
  return std::nullopt;
}

std::optional<std::string> Records::find(std::string_view key) const {
  const std::optional<Place> place = place_of(key);
  if (!place) return std::nullopt;
  const auto* const text = reinterpret_cast<const char*>(page_.data());
  return std::string(text + place->value, place->end - place->value);
}

bool Records::remove(std::string_view key) {
  const std::optional<Place> place = place_of(key);
  if (!place) return false;
  std::memmove(page_.data() + place->begin, page_.data() + place->end, end() - place->end);
  set_end(end() - (place->end - place->begin));
  return true;
}

bool Records::add(std::string_view key, std::string_view value) {
  const std::size_t at = end();
  const std::size_t behind = at + 2 + key.size() + value.size();
  if (behind > page_size) return false;
  page_[at] = static_cast<std::byte>(key.size());
  page_[at + 1] = static_cast<std::byte>(value.size());
  std::memcpy(page_.data() + at + 2, key.data(), key.size());
  std::memcpy(page_.data() + at + 2 + key.size(), value.data(), value.size());
  set_end(behind);
  return true;
}

}  // namespace pager_store
