// in_words(value): a value as findings show it. It works for types with a to_string() beside them
// or a describe(), for numbers and texts, and for pairs and optionals of these.
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
std::string in_words(const T& value) {
  if constexpr (HasText<T>) {
    return to_string(value);
  } else if constexpr (std::same_as<T, Unit>) {
    return {};
  } else if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<long long>(value));
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else if constexpr (OptionalLike<T>) {
    return value.has_value() ? in_words(*value) : "nothing";
  } else if constexpr (PairLike<T>) {
    return '(' + in_words(value.first) + ", " + in_words(value.second) + ')';
  } else if constexpr (RangeLike<T>) {
    std::string text;
    for (const auto& element : value) text += (text.empty() ? "" : ", ") + in_words(element);
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
    return "a value";
  }
}

}  // namespace reprise::internal
