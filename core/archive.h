// Archive: collects a machine's state, member by member, for tests.
//
//   struct Pager {
//     bool locked;
//     std::vector<int> pins;
//     void describe(Archive& archive) const {
//       archive("locked", locked);
//       archive("pins", pins);
//     }
//   };
//
// Or, for a type that is not yours, a function beside it: void describe(Archive&, const Pager&). A
// member that is a range of described elements is collected element by element: `pins[0].page`. One
// description serves digests, comparisons and findings. Leave out what may differ from run to run
// (statistics, addresses) and whatever is not state (handles, buffers in flight).
#pragma once

#include <reprise/core/digest.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace reprise {

class Archive;

namespace internal {
template <class T>
concept DescribesItself = requires(const T& value, Archive& archive) {
  value.describe(archive);
};
template <class T>
concept IsDescribed = requires(const T& value, Archive& archive) {
  describe(archive, value);
};
}  // namespace internal

/// Whether the type has a describe(), a member or a function beside it.
template <class T>
concept Described =
    internal::DescribesItself<std::remove_cv_t<T>> || internal::IsDescribed<std::remove_cv_t<T>>;

namespace internal {
/// Ranges that are collected element by element, which requires that their order is significant.
template <class T>
concept RangeOfDescribed =
    !Described<T> && RangeLike<T> && !Unordered<T> &&
    Described<std::remove_cvref_t<decltype(*std::declval<const T&>().begin())>>;
}  // namespace internal

namespace internal {
/// The types that scalar_text() accepts.
template <class T>
concept Scalar =
    std::integral<T> || std::is_enum_v<T> || std::convertible_to<const T&, std::string_view>;

/// A value as findings show it: a bool, a number, an enum's number, or a text in quotes. "a value"
/// for all other types.
template <class T>
std::string scalar_text(const T& value) {
  if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    return std::to_string(value);
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<long long>(value));
  } else if constexpr (Scalar<T>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else {
    return "a value";
  }
}
}  // namespace internal

/// Collects a digest and, if asked to, names and values as text.
class Archive {
 public:
  struct Item {
    std::string name;  // `pager.locked`
    std::string value;
    std::uint64_t digest = 0;
  };

  /// Collects a digest only.
  Archive() = default;
  /// Collects a digest, and an item for each member.
  explicit Archive(std::vector<Item>& items) : items_(&items) {}
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  template <class T>
  requires Described<T> || internal::RangeOfDescribed<T> || Digestible<T>
  void operator()(std::string_view name, const T& value) {
    if constexpr (Described<T>) {
      const std::size_t outer = prefix_.size();
      if (items_ != nullptr) prefix_.append(name).append(".");
      tell(value);
      prefix_.resize(outer);
    } else if constexpr (internal::RangeOfDescribed<T>) {
      add(name, value, digest_of(static_cast<std::uint64_t>(value.size())));
      std::size_t index = 0;
      for (const auto& element : value) {
        std::string of_element;
        if (items_ != nullptr) of_element.append(name) += '[' + std::to_string(index) + ']';
        operator()(of_element, element);
        ++index;
      }
    } else {
      add(name, value, digest_of(value));
    }
  }

  /// Adds the members of `value`, without a prefix to their names.
  template <Described T>
  void tell(const T& value) {
    if constexpr (internal::DescribesItself<T>) {
      value.describe(*this);
    } else {
      describe(*this, value);
    }
  }

  /// The digest of all members so far, in their order.
  std::uint64_t digest() const { return digest_; }

 private:
  template <class T>
  void add(std::string_view name, const T& value, std::uint64_t digest) {
    digest_ = mix(digest_, digest);
    if (items_ != nullptr) items_->push_back({prefix_ + std::string(name), to_text(value), digest});
  }

  template <class T>
  static std::string to_text(const T& value) {
    if constexpr (requires { value.get(); }) {
      return to_text(value.get());
    } else if constexpr (internal::RangeLike<T>) {
      return "of size " + std::to_string(value.size());
    } else {
      return internal::scalar_text(value);
    }
  }

  std::vector<Item>* items_ = nullptr;
  std::string prefix_;
  std::uint64_t digest_ = 0;
};

}  // namespace reprise
