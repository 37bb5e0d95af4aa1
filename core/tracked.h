// Tracked<T>: persistent state of a machine whose stores an observer sees, with old and new values.
// Without an observer a store costs one predictable branch more than a store to a plain T.
//
//   Tracked<int> count{"count"};
//   Tracked<std::vector<int>> free_pages{"free_pages"};
//   count += 1;                       // scalars: = += -= *= /= %= &= |= ^= ++ --
//   free_pages.push_back(7);          // containers: their own mutators
//   free_pages.modify([](auto& pages) { std::ranges::sort(pages); });   // anything else
//   if (!free_pages->empty()) use(free_pages->back());                  // reading: ->, *, get()
//
// With an observer a store into a container costs a pass over it, because its digest tells an
// effect that lasts from one that was undone.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/core/observer.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace reprise {

namespace internal {
/// Excludes implicit conversions from floating point to integers.
template <class U, class T>
concept StorableAs = std::convertible_to<U&&, T> &&
    !(std::floating_point<std::remove_cvref_t<U>> && std::integral<T>);

/// A value together with the place in the caller's code where it was written. The implicit
/// conversion to it tells operators where they were written.
template <class T>
struct Placed {
  T value;
  CodeLocation place;

  template <StorableAs<T> U>
  Placed(U&& from, CodeLocation at = CodeLocation::current())  // NOLINT: implicit
      : value(static_cast<T>(std::forward<U>(from))), place(at) {}
};
}  // namespace internal

template <Digestible T>
class Tracked {
 public:
  /// `name` appears in findings; it must outlive the object, as a literal does.
  explicit Tracked(const char* name, T value = {}) : value_(std::move(value)), name_(name) {}
  Tracked() requires std::default_initializable<T> : Tracked("") {}
  Tracked(const Tracked& other) : value_(other.value_), name_(other.name_) {}
  Tracked(Tracked&& other) : value_(std::move(other.value_)), name_(other.name_) {}
  Tracked& operator=(const Tracked& other) {  // NOLINT(bugprone-unhandled-self-assignment): a copy
    set(other.value_, {});
    return *this;
  }
  Tracked& operator=(Tracked&& other) {
    set(std::move(other.value_), {});
    return *this;
  }
  Tracked& operator=(internal::Placed<T> other) {
    set(std::move(other.value), other.place);
    return *this;
  }
  ~Tracked() {
    if (internal::Observer* const watching = internal::observer(); watching != nullptr)
        [[unlikely]] {
      watching->forgotten(this);
    }
  }

  // Reading.

  const T& get() const { return value_; }
  operator const T&() const { return value_; }  // NOLINT: implicit, to stand in for a T
  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  template <class Key>
  requires requires(const T& t, const Key& key) { t[key]; }
  decltype(auto) operator[](const Key& key) const { return value_[subscript(key)]; }
  // Scalars compare by conversion; the operators of a class template would not see through it.
  friend bool operator==(const Tracked& a,
                         const T& b) requires std::is_class_v<T> && std::equality_comparable<T> {
    return a.value_ == b;
  }
  friend bool operator==(const Tracked& a, const Tracked& b) requires std::is_class_v<T> &&
      std::equality_comparable<T> {
    return a.value_ == b.value_;
  }
  const char* name() const { return name_; }

  // Scalars. The right side is made a T first.

#define REPRISE_TRACKED_OPERATOR(op)                                                               \
  Tracked& operator op(internal::Placed<T> other) requires requires(T & t, const T& u) { t op u; } \
  {                                                                                                \
    change(#op, other.place, [b = std::move(other.value)](T& value) {                              \
      update(value, b, [](auto& a, const auto& by) { a op by; });                                  \
    });                                                                                            \
    return *this;                                                                                  \
  }
  REPRISE_TRACKED_OPERATOR(+=)
  REPRISE_TRACKED_OPERATOR(-=)
  REPRISE_TRACKED_OPERATOR(*=)
  REPRISE_TRACKED_OPERATOR(/=)
  REPRISE_TRACKED_OPERATOR(%=)
  REPRISE_TRACKED_OPERATOR(&=)
  REPRISE_TRACKED_OPERATOR(|=)
  REPRISE_TRACKED_OPERATOR(^=)
#undef REPRISE_TRACKED_OPERATOR

  Tracked& operator++() requires std::integral<T> {
    change("++", {}, [](T& value) { ++value; });
    return *this;
  }
  T operator++(int) requires std::integral<T> {
    const T before = value_;
    ++*this;
    return before;
  }
  Tracked& operator--() requires std::integral<T> {
    change("--", {}, [](T& value) { --value; });
    return *this;
  }
  T operator--(int) requires std::integral<T> {
    const T before = value_;
    --*this;
    return before;
  }

  // Everything.

  void set(T value, CodeLocation place = CodeLocation::current()) {
    change("=", place, [&](T& old) { old = std::move(value); });
  }
  /// Hands the value to `change_it` (any signature taking T&) and returns what it returns.
  template <class F>
  decltype(auto) modify(F&& change_it, CodeLocation place = CodeLocation::current()) {
    return change("modify", place, std::forward<F>(change_it));
  }
  /// Takes the value out and leaves an empty one.
  T take(CodeLocation place = CodeLocation::current()) {
    return change("take", place, [](T& value) { return std::exchange(value, T{}); });
  }

  // Containers.

  template <class C = T, class U = typename C::value_type>
  requires requires(C& c, U&& u) { c.push_back(std::forward<U>(u)); }
  void push_back(U&& element, CodeLocation place = CodeLocation::current()) {
    change("push_back", place, [&](T& c) { c.push_back(std::forward<U>(element)); });
  }
  template <class C = T, class U = typename C::value_type>
  requires requires(C& c, U&& u) { c.push_front(std::forward<U>(u)); }
  void push_front(U&& element, CodeLocation place = CodeLocation::current()) {
    change("push_front", place, [&](T& c) { c.push_front(std::forward<U>(element)); });
  }
  template <class C = T>
  requires requires(C& c) { c.pop_back(); }
  void pop_back(CodeLocation place = CodeLocation::current()) {
    change("pop_back", place, [](T& c) { c.pop_back(); });
  }
  template <class C = T>
  requires requires(C& c) { c.pop_front(); }
  void pop_front(CodeLocation place = CodeLocation::current()) {
    change("pop_front", place, [](T& c) { c.pop_front(); });
  }
  /// For maps and sets. True if the element was not there before (always, for multimaps and
  /// multisets).
  template <class C = T, class U = typename C::value_type>
  requires requires(C& c, U&& u) { c.insert(std::forward<U>(u)); }
  bool insert(U&& element, CodeLocation place = CodeLocation::current()) {
    return change("insert", place, [&](T& c) {
      const std::size_t before = c.size();
      c.insert(std::forward<U>(element));
      return c.size() != before;
    });
  }
  /// For maps and sets. Gives how many elements had this key.
  template <class C = T>
  requires requires(C& c, const typename C::key_type& key) { c.erase(key); }
  std::size_t erase(const typename C::key_type& key, CodeLocation place = CodeLocation::current()) {
    return change("erase", place, [&](T& c) { return static_cast<std::size_t>(c.erase(key)); });
  }
  /// For vectors and maps. The element at `key` becomes `element`.
  template <class Key, class C = T,
            class U = std::remove_cvref_t<decltype(std::declval<C&>()[std::declval<const Key&>()])>>
  requires requires(C& c, const Key& key, U&& u) { c[key] = std::forward<U>(u); }
  void set_at(const Key& key, U&& element, CodeLocation place = CodeLocation::current()) {
    change("set_at", place, [&](T& c) { c[subscript(key)] = std::forward<U>(element); });
  }
  template <class C = T>
  requires requires(C& c) { c.resize(std::size_t{}); }
  void resize(std::size_t size, CodeLocation place = CodeLocation::current()) {
    change("resize", place, [&](T& c) { c.resize(size); });
  }
  template <class U>
  requires requires(T& c, const U& u) { c.append(u); }
  void append(const U& text, CodeLocation place = CodeLocation::current()) {
    change("append", place, [&](T& c) { c.append(text); });
  }
  template <class C = T>
  requires requires(C& c) { c.clear(); }
  void clear(CodeLocation place = CodeLocation::current()) {
    change("clear", place, [](T& c) { c.clear(); });
  }

  friend std::uint64_t reprise_digest(const Tracked& tracked) { return digest_of(tracked.value_); }

 private:
  // An index may be of any integer type, without a warning.
  template <class Key>
  static decltype(auto) subscript(const Key& key) {
    if constexpr (
        std::integral<Key> && requires { typename T::size_type; } &&
        !requires { typename T::key_type; }) {
      return static_cast<std::size_t>(key);
    } else {
      return (key);
    }
  }

  // `a op= b` on a copy wide enough that a narrow T warns neither of promotion nor of truncation.
  template <class Op>
  static void update(T& a, const T& b, Op op) {
    if constexpr (std::integral<T> && !std::same_as<T, bool>) {
      auto wide = +a;
      op(wide, +b);
      a = static_cast<T>(wide);
    } else {
      op(a, b);
    }
  }

  static std::uint64_t digest_at(const void* object) {
    return digest_of(static_cast<const Tracked*>(object)->value_);
  }
  std::int64_t shown() const {
    if constexpr (std::integral<T> || std::is_enum_v<T>) {
      return static_cast<std::int64_t>(value_);
    } else if constexpr (requires { value_.size(); }) {
      return static_cast<std::int64_t>(value_.size());
    } else if constexpr (internal::OptionalLike<T>) {
      return value_.has_value() ? 1 : 0;
    } else {
      return 0;
    }
  }

  template <class F>
  std::invoke_result_t<F, T&> change(const char* operation, CodeLocation place, F&& apply_it) {
    if (internal::observer() == nullptr) [[likely]]
      return std::forward<F>(apply_it)(value_);
    return observed_change<F>(operation, place, std::forward<F>(apply_it));
  }

  // Takes `apply_it` by value: a reference would force even the unobserved path to store it in
  // memory.
  template <class F>
  [[gnu::noinline]] std::invoke_result_t<F, T&> observed_change(const char* operation,
                                                                CodeLocation place, F apply_it) {
    internal::UnseenStores unseen;  // except what stored() reports
    internal::Store store{this,
                          name_,
                          operation,
                          place,
                          digest_of(value_),
                          0,
                          shown(),
                          0,
                          !std::integral<T> && !std::is_enum_v<T>,
                          &digest_at};
    const auto report = [&] {
      store.after = digest_of(value_);
      store.shown_after = shown();
      unseen.end();
      if (internal::Observer* const watching = internal::observer(); watching != nullptr)
        watching->stored(store);
    };
    using Returned = std::invoke_result_t<F, T&>;
    if constexpr (std::is_void_v<Returned>) {
      std::forward<F>(apply_it)(value_);
      report();
    } else {
      Returned returned = std::forward<F>(apply_it)(value_);
      report();
      return static_cast<Returned&&>(returned);
    }
  }

  T value_;
  const char* name_;
};

}  // namespace reprise
