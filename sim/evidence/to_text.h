// to_text(value): a value as findings show it. It works for types with a to_string() beside them or
// a describe(), for numbers and texts, and for pairs and optionals of these.
#pragma once

#include <reprise/core/archive.h>
#include <reprise/core/result.h>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace reprise::internal {

template <class T>
concept HasText = requires(const T& value) {
  { to_string(value) } -> std::convertible_to<std::string>;
};

/// Empty for Unit.
template <class T>
std::string to_text(const T& value) {
  if constexpr (HasText<T>) {
    return to_string(value);
  } else if constexpr (std::same_as<T, Unit>) {
    return {};
  } else if constexpr (Scalar<T>) {
    return scalar_text(value);
  } else if constexpr (OptionalLike<T>) {
    return value.has_value() ? internal::to_text(*value) : "nothing";
  } else if constexpr (PairLike<T>) {
    return '(' + internal::to_text(value.first) + ", " + internal::to_text(value.second) + ')';
  } else if constexpr (RangeLike<T>) {
    std::string text;
    for (const auto& element : value) {
      text += (text.empty() ? "" : ", ") + internal::to_text(element);
    }
    return '[' + text + ']';
  } else if constexpr (Described<T>) {
    std::vector<Archive::Item> items;
    Archive archive(items);
    archive.tell(value);
    std::string text;
    for (const Archive::Item& item : items) {
      text += (text.empty() ? "" : ", ") + item.name + " = " + item.value;
    }
    return text;
  } else {
    return scalar_text(value);
  }
}

}  // namespace reprise::internal
