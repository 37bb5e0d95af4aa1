// digest_of(value): a digest of 64 bits, the same on every compiler and machine. It uses no padding
// bytes, no addresses and no std::hash. The order of an unordered container does not matter; a
// `const char*` counts as its text.
//
// Make a type of your own digestible with a friend:
//   friend std::uint64_t reprise_digest(const Page& page) { return digest_of(page.number); }
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace reprise {

/// Mixes `value` into `digest`: order matters. Multiply-fold of wyhash (Wang Yi, public domain
/// idea).
constexpr std::uint64_t mix(std::uint64_t digest, std::uint64_t value) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(digest ^ 0x9e3779b97f4a7c15u) *
                       static_cast<Wide>(value ^ 0xe7037ed1a0b428dbu);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// The digest of a text, read eight bytes at a time, little endian.
constexpr std::uint64_t digest_of_text(std::string_view text) {
  std::uint64_t digest = 0x2545f4914f6cdd1du ^ text.size();
  std::uint64_t word = 0;
  unsigned filled = 0;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << (8 * filled);
    if (++filled == 8) {
      digest = mix(digest, word);
      word = 0;
      filled = 0;
    }
  }
  return mix(digest, word ^ (static_cast<std::uint64_t>(filled) << 56));
}

namespace internal {
template <class T>
concept HasOwnDigest = requires(const T& value) {
  { reprise_digest(value) } -> std::convertible_to<std::uint64_t>;
};
template <class T>
concept IsText = !HasOwnDigest<T> && std::convertible_to<const T&, std::string_view>;
template <class T>
concept PairLike = !HasOwnDigest<T> && requires(const T& value) {
  std::tuple_size<T>::value;
  value.first;
  value.second;
};
template <class T>
concept OptionalLike = !HasOwnDigest<T> && requires(const T& value) {
  { value.has_value() } -> std::convertible_to<bool>;
  *value;
};
template <class T>
concept RangeLike = !HasOwnDigest<T> && !IsText<T> && requires(const T& value) {
  value.begin();
  value.end();
  { value.size() } -> std::convertible_to<std::size_t>;
};
template <class T>
concept Unordered = RangeLike<T> && requires {
  typename T::hasher;
};
}  // namespace internal

/// Whether digest_of() knows the type.
template <class T>
struct IsDigestible;
template <class T>
concept Digestible = IsDigestible<std::remove_cvref_t<T>>::value;

template <class T>
struct IsDigestible
    : std::bool_constant<internal::HasOwnDigest<T> || std::integral<T> || std::is_enum_v<T> ||
                         internal::IsText<T> || (std::is_empty_v<T> && std::is_trivial_v<T>)> {};
template <internal::PairLike T>
struct IsDigestible<T>
    : std::bool_constant<IsDigestible<std::remove_cvref_t<decltype(T::first)>>::value &&
                         IsDigestible<std::remove_cvref_t<decltype(T::second)>>::value> {};
template <internal::OptionalLike T>
struct IsDigestible<T> : IsDigestible<std::remove_cvref_t<decltype(*std::declval<const T&>())>> {};
template <internal::RangeLike T>
struct IsDigestible<T>
    : IsDigestible<std::remove_cvref_t<decltype(*std::declval<const T&>().begin())>> {};

template <Digestible T>
constexpr std::uint64_t digest_of(const T& value) {
  if constexpr (internal::HasOwnDigest<T>) {
    return reprise_digest(value);
  } else if constexpr (std::is_enum_v<T>) {
    return digest_of(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::same_as<T, char>) {
    return digest_of(static_cast<unsigned char>(value));  // a char is signed on some machines only
  } else if constexpr (std::integral<T>) {
    return mix(0x51ed270b7f4f3aa5u, static_cast<std::uint64_t>(value));
  } else if constexpr (internal::IsText<T>) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return 0x6c62272e07bb0142u;
    }
    return digest_of_text(value);
  } else if constexpr (internal::PairLike<T>) {
    return mix(digest_of(value.first), digest_of(value.second));
  } else if constexpr (internal::OptionalLike<T>) {
    return value.has_value() ? mix(1, digest_of(*value)) : 0x3c79ac492ba7b653u;
  } else if constexpr (internal::RangeLike<T>) {
    std::uint64_t digest = 0x1d8e4e27c47d124fu ^ static_cast<std::uint64_t>(value.size());
    if constexpr (internal::Unordered<T>) {
      std::uint64_t sum = 0;
      for (const auto& element : value) sum += digest_of(element);
      return mix(digest, sum);
    } else {
      for (const auto& element : value) digest = mix(digest, digest_of(element));
      return digest;
    }
  } else {
    return 0;  // an empty type has one value
  }
}

}  // namespace reprise
