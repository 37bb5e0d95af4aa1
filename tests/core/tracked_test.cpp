#include <reprise/core/tracked.h>

#include "tests/support/fake_observer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace reprise;
using reprise::tests::FakeObserver;

namespace {

enum class Phase : std::uint8_t { idle, reading, writing };

struct Page {
  int number = 0;
  friend bool operator==(const Page&, const Page&) = default;
  friend std::uint64_t reprise_digest(const Page& page) { return digest_of(page.number); }
};

// The one store that `body` makes; more or fewer fail the test.
template <class F>
Store store_of(F&& body) {
  FakeObserver observer;
  body();
  REQUIRE(observer.stores.size() == 1);
  return observer.stores.front();
}

// That the store is what the two values say, with a container's or an integer's measure.
template <class T>
void check_change(const Store& store, const char* operation, const T& before, const T& after) {
  CHECK(std::string(store.operation) == operation);
  CHECK(store.before == digest_of(before));
  CHECK(store.after == digest_of(after));
  if constexpr (std::integral<T> || std::is_enum_v<T>) {
    CHECK_FALSE(store.shows_size);
    CHECK(store.shown_before == static_cast<std::int64_t>(before));
    CHECK(store.shown_after == static_cast<std::int64_t>(after));
  } else if constexpr (requires { before.size(); }) {
    CHECK(store.shows_size);
    CHECK(store.shown_before == static_cast<std::int64_t>(before.size()));
    CHECK(store.shown_after == static_cast<std::int64_t>(after.size()));
  }
}

}  // namespace

// --- Reading ---

TEST_CASE("tracked: it reads like the value") {
  const Tracked<int> count{"count", 5};
  CHECK(count == 5);
  CHECK(count < 6);
  CHECK(count + 1 == 6);
  CHECK(*count == 5);
  CHECK(count.get() == 5);
  CHECK(std::string(count.name()) == "count");
  std::ostringstream out;
  out << count;
  CHECK(out.str() == "5");
  const int copy = count;
  CHECK(copy == 5);
}

TEST_CASE("tracked: it begins empty") {
  const Tracked<int> zero;
  const Tracked<std::string> text{"text"};
  CHECK(zero == 0);
  CHECK(std::string(zero.name()).empty());
  CHECK(text->empty());
}

TEST_CASE("tracked: two compare as their values do") {
  const Tracked<int> a{"a", 1};
  const Tracked<int> b{"b", 2};
  CHECK(a < b);
  CHECK(a != b);
  CHECK(std::min(a, b) == 1);
  CHECK(std::max<int>(a, 7) == 7);
}

TEST_CASE("tracked: texts and containers and classes compare with a plain value") {
  const Tracked<std::string> text{"text", "abc"};
  const Tracked<std::vector<int>> list{"list", {1, 2}};
  const Tracked<Page> page{"page", {3}};
  const Tracked<std::optional<int>> maybe{"maybe", 4};
  CHECK(text == "abc");
  CHECK("abd" != text);
  CHECK(text == std::string("abc"));
  CHECK(text == Tracked<std::string>("other", "abc"));
  CHECK(list == std::vector{1, 2});
  CHECK(page == Page{3});
  CHECK(page != Tracked<Page>("other", Page{4}));
  CHECK(maybe == 4);
}

TEST_CASE("tracked: an enum stands in a switch and in a comparison") {
  const Tracked<Phase> phase{"phase", Phase::reading};
  CHECK(phase == Phase::reading);
  bool reading = false;
  switch (phase) {
    case Phase::reading: reading = true; break;
    default: break;
  }
  CHECK(reading);
}

TEST_CASE("tracked: a bool stands in a condition") {
  Tracked<bool> open{"open"};
  CHECK_FALSE(open);
  open = true;
  CHECK((open ? 1 : 2) == 1);
}

TEST_CASE("tracked: elements are read with an index of any type") {
  const Tracked<std::vector<int>> list{"list", {7, 8}};
  const Tracked<std::deque<int>> queue{"queue", {9}};
  const Tracked<std::string> text{"text", "ab"};
  const int one = 1;
  CHECK(list[0] == 7);
  CHECK(list[one] == 8);
  CHECK(list[1U] == 8);
  CHECK(queue[0] == 9);
  CHECK(text[one] == 'b');
}

TEST_CASE("tracked: its digest is that of the value") {
  CHECK(digest_of(Tracked<int>("n", 5)) == digest_of(5));
  CHECK(digest_of(std::vector<Tracked<int>>{Tracked<int>("n", 5)}) ==
        digest_of(std::vector<int>{5}));
}

// --- Stores into scalars ---

TEST_CASE("tracked: an assignment shows old and new and where") {
  Tracked<int> count{"count", 3};
  const Store store = store_of([&] { count = 5; });
  const int line = __LINE__ - 1;
  check_change(store, "=", 3, 5);
  CHECK(store.object == &count);
  CHECK(std::string(store.name) == "count");
  CHECK(store.place.line == line);
  CHECK(std::string(store.place.file).ends_with("tracked_test.cpp"));
  CHECK(store.digest(store.object) == digest_of(5));
}

TEST_CASE("tracked: each compound operator does what it says") {
  Tracked<int> n{"n", 12};
  check_change(store_of([&] { n += 3; }), "+=", 12, 15);
  check_change(store_of([&] { n -= 1; }), "-=", 15, 14);
  check_change(store_of([&] { n *= 3; }), "*=", 14, 42);
  check_change(store_of([&] { n /= 4; }), "/=", 42, 10);
  check_change(store_of([&] { n %= 7; }), "%=", 10, 3);
  check_change(store_of([&] { n |= 8; }), "|=", 3, 11);
  check_change(store_of([&] { n &= 9; }), "&=", 11, 9);
  check_change(store_of([&] { n ^= 1; }), "^=", 9, 8);
}

TEST_CASE("tracked: a compound operator knows its line") {
  Tracked<int> n{"n"};
  CHECK(store_of([&] { n += 3; }).place.line == __LINE__);
  CHECK(store_of([&] { n.set(3); }).place.line == __LINE__);
}

TEST_CASE("tracked: increments do what they say without a place") {
  Tracked<int> n{"n", 5};
  check_change(store_of([&] { CHECK(++n == 6); }), "++", 5, 6);
  check_change(store_of([&] { CHECK(n++ == 6); }), "++", 6, 7);
  check_change(store_of([&] { CHECK(--n == 6); }), "--", 7, 6);
  check_change(store_of([&] { CHECK(n-- == 6); }), "--", 6, 5);
  CHECK(store_of([&] { ++n; }).place.line == 0);
}

TEST_CASE("tracked: narrow integers wrap as they do bare") {
  Tracked<std::uint8_t> n{"n", std::uint8_t{250}};
  n += 10;
  CHECK(n == 4);
  n -= 5;
  CHECK(n == 255);
  Tracked<std::uint64_t> wide{"wide", UINT64_MAX};
  wide += 1;
  CHECK(wide == 0);
}

TEST_CASE("tracked: the right side may be tracked or of another width") {
  Tracked<int> a{"a", 1};
  const Tracked<int> b{"b", 2};
  const Tracked<std::uint8_t> narrow{"narrow", std::uint8_t{3}};
  const std::uint64_t wide = 4;
  a += b;
  a += narrow;
  a += wide;
  CHECK(a == 10);
  a = narrow;
  CHECK(a == 3);
}

TEST_CASE("tracked: a fraction is not stored into an integer") {
  static_assert(!std::is_assignable_v<Tracked<int>&, double>);
  const auto scales = [](auto& n, auto by) {
    return requires { n *= by; };
  };
  Tracked<int> n{"n"};
  CHECK_FALSE(scales(n, 0.5));
  CHECK(scales(n, 2));
}

TEST_CASE("tracked: an assignment from another one is a store and keeps the name") {
  Tracked<int> a{"a", 1};
  const Tracked<int> b{"b", 2};
  const Store store = store_of([&] { a = b; });
  check_change(store, "=", 1, 2);
  CHECK(std::string(a.name()) == "a");
  const Store from_temporary = store_of([&] { a = Tracked<int>("c", 3); });
  check_change(from_temporary, "=", 2, 3);
  CHECK(std::string(a.name()) == "a");
}

TEST_CASE("tracked: empty braces make it empty") {
  Tracked<int> n{"n", 4};
  Tracked<std::string> text{"text", "abc"};
  check_change(store_of([&] { n = {}; }), "=", 4, 0);
  check_change(store_of([&] { text = {}; }), "=", std::string("abc"), std::string());
  CHECK(std::string(text.name()) == "text");
}

TEST_CASE("tracked: bool and enum are scalars") {
  Tracked<bool> open{"open"};
  Tracked<Phase> phase{"phase"};
  check_change(store_of([&] { open = true; }), "=", false, true);
  check_change(store_of([&] { open &= false; }), "&=", true, false);
  check_change(store_of([&] { open |= true; }), "|=", false, true);
  check_change(store_of([&] { phase = Phase::writing; }), "=", Phase::idle, Phase::writing);
}

TEST_CASE("tracked: a store that changes nothing is a store with equal digests") {
  Tracked<bool> flag{"flag", true};
  const Store store = store_of([&] { flag = true; });
  CHECK(store.before == store.after);
}

TEST_CASE("tracked: an effect that was undone has the first digest again") {
  Tracked<std::vector<int>> list{"list", {1}};
  FakeObserver observer;
  list.push_back(2);
  list.pop_back();
  REQUIRE(observer.stores.size() == 2);
  CHECK(observer.stores[0].before != observer.stores[0].after);
  CHECK(observer.stores[1].after == observer.stores[0].before);
  CHECK(observer.stores[0].digest(&list) == observer.stores[0].before);
}

// --- Stores into texts and containers ---

TEST_CASE("tracked: a text is assigned and appended to") {
  Tracked<std::string> text{"text"};
  using S = std::string;
  check_change(store_of([&] { text = "ab"; }), "=", S(), S("ab"));
  check_change(store_of([&] { text += "cd"; }), "+=", S("ab"), S("abcd"));
  check_change(store_of([&] { text.append("e"); }), "append", S("abcd"), S("abcde"));
  check_change(store_of([&] { text.push_back('f'); }), "push_back", S("abcde"), S("abcdef"));
  check_change(store_of([&] { text.set_at(0, 'A'); }), "set_at", S("abcdef"), S("Abcdef"));
  const Tracked<std::string> other{"other", "z"};
  text = other;
  text += other;
  CHECK(text == "zz");
}

TEST_CASE("tracked: a vector has its mutators") {
  Tracked<std::vector<int>> list{"list"};
  using V = std::vector<int>;
  check_change(store_of([&] { list.push_back(1); }), "push_back", V{}, V{1});
  check_change(store_of([&] { list.set_at(0, 5); }), "set_at", V{1}, V{5});
  check_change(store_of([&] { list.resize(2); }), "resize", V{5}, V{5, 0});
  check_change(store_of([&] { list.pop_back(); }), "pop_back", V{5, 0}, V{5});
  check_change(store_of([&] { list.clear(); }), "clear", V{5}, V{});
  check_change(store_of([&] { list = V{1, 2, 3}; }), "=", V{}, V{1, 2, 3});
}

TEST_CASE("tracked: a container's mutators know their lines") {
  Tracked<std::vector<int>> list{"list"};
  Tracked<std::map<int, int>> map{"map"};
  CHECK(store_of([&] { list.push_back(1); }).place.line == __LINE__);
  CHECK(store_of([&] { list.set_at(0, 2); }).place.line == __LINE__);
  CHECK(store_of([&] { list.clear(); }).place.line == __LINE__);
  CHECK(store_of([&] { map.insert({1, 2}); }).place.line == __LINE__);
  CHECK(store_of([&] { map.erase(1); }).place.line == __LINE__);
  CHECK(store_of([&] { map.modify([](auto& m) { m[1] = 2; }); }).place.line == __LINE__);
  CHECK(store_of([&] { map.take(); }).place.line == __LINE__);
}

TEST_CASE("tracked: elements may be given in braces") {
  Tracked<std::vector<std::pair<int, int>>> list{"list"};
  Tracked<std::map<int, std::pair<int, int>>> map{"map"};
  Tracked<std::deque<Page>> queue{"queue"};
  list.push_back({1, 2});
  map.insert({1, {2, 3}});
  map.set_at(1, {4, 5});
  queue.push_front({6});
  CHECK(list->front().second == 2);
  CHECK(map->at(1).second == 5);
  CHECK(queue->front().number == 6);
}

TEST_CASE("tracked: a deque has two ends") {
  Tracked<std::deque<int>> queue{"queue"};
  using D = std::deque<int>;
  check_change(store_of([&] { queue.push_back(1); }), "push_back", D{}, D{1});
  check_change(store_of([&] { queue.push_front(2); }), "push_front", D{1}, D{2, 1});
  check_change(store_of([&] { queue.pop_front(); }), "pop_front", D{2, 1}, D{1});
  check_change(store_of([&] { queue.pop_back(); }), "pop_back", D{1}, D{});
}

TEST_CASE("tracked: a map tells what was new and what was there") {
  Tracked<std::map<std::string, int>> map{"map"};
  using M = std::map<std::string, int>;
  check_change(store_of([&] { CHECK(map.insert({"a", 1})); }), "insert", M{}, M{{"a", 1}});
  const Store again = store_of([&] { CHECK_FALSE(map.insert({"a", 2})); });
  CHECK(again.before == again.after);
  check_change(store_of([&] { map.set_at("a", 3); }), "set_at", M{{"a", 1}}, M{{"a", 3}});
  check_change(store_of([&] { CHECK(map.erase("a") == 1); }), "erase", M{{"a", 3}}, M{});
  CHECK(map.erase("a") == 0);
}

TEST_CASE("tracked: a map's key may be an integer of another type") {
  Tracked<std::map<std::int64_t, int>> map{"map"};
  map.set_at(-1, 5);
  CHECK(map->at(-1) == 5);
}

TEST_CASE("tracked: sets and multimaps have insert and erase") {
  Tracked<std::set<int>> set{"set"};
  Tracked<std::multimap<int, int>> many{"many"};
  CHECK(set.insert(1));
  CHECK_FALSE(set.insert(1));
  CHECK(set.erase(1) == 1);
  CHECK(many.insert({1, 1}));
  CHECK(many.insert({1, 1}));
  CHECK(many.erase(1) == 2);
}

TEST_CASE("tracked: an optional is empty or one") {
  Tracked<std::optional<int>> maybe{"maybe"};
  const Store set = store_of([&] { maybe = 5; });
  CHECK(set.shows_size);
  CHECK(set.shown_before == 0);
  CHECK(set.shown_after == 1);
  CHECK(maybe->has_value());
  const Store reset = store_of([&] { maybe = std::nullopt; });
  CHECK(reset.after == set.before);
  CHECK_FALSE(maybe->has_value());
}

TEST_CASE("tracked: a null text is a value too") {
  Tracked<const char*> text{"text"};
  const Store store = store_of([&] { text = "now"; });
  CHECK(store.before != store.after);
}

TEST_CASE("tracked: take leaves an empty value") {
  Tracked<std::vector<int>> list{"list", {1, 2}};
  using V = std::vector<int>;
  V taken;
  check_change(store_of([&] { taken = list.take(); }), "take", V{1, 2}, V{});
  CHECK(taken == V{1, 2});
  CHECK(list->empty());
}

TEST_CASE("tracked: modify is one store and returns what the function does") {
  Tracked<std::vector<int>> list{"list", {2, 1}};
  using V = std::vector<int>;
  check_change(store_of([&] { list.modify([](V& v) { std::ranges::sort(v); }); }), "modify",
               V{2, 1}, V{1, 2});
  const Store store = store_of([&] { CHECK(list.modify([](V& v) { return v.size(); }) == 2); });
  CHECK(store.before == store.after);
}

TEST_CASE("tracked: modify may return a reference watched or not") {
  Tracked<std::vector<int>> list{"list", {1}};
  const auto back = [](std::vector<int>& v) -> int& { return v.back(); };
  CHECK(&list.modify(back) == &list->back());
  FakeObserver observer;
  CHECK(&list.modify(back) == &list->back());
  CHECK(observer.stores.size() == 1);
}

TEST_CASE("tracked: modify runs a function that only moves") {
  Tracked<int> n{"n"};
  for (const bool watched : {false, true}) {
    std::optional<FakeObserver> observer;
    if (watched) observer.emplace();
    n.modify([p = std::make_unique<int>(4)](int& value) { value += *p; });
  }
  CHECK(n == 8);
}

// --- Life ---

TEST_CASE("tracked: a copy is an object of its own with the same name") {
  const Tracked<std::string> text{"text", "abc"};
  Tracked<std::string> copy = text;
  copy = "x";
  CHECK(text == "abc");
  CHECK(std::string(copy.name()) == "text");
  const Tracked<std::string> moved = std::move(copy);
  CHECK(moved == "x");
}

TEST_CASE("tracked: making one is no store") {
  FakeObserver observer;
  const Tracked<int> n{"n", 5};
  const Tracked<int> copy = n;  // NOLINT(performance-unnecessary-copy-initialization): the point
  CHECK(copy == 5);
  CHECK(observer.stores.empty());
}

TEST_CASE("tracked: the observer is told when one is gone") {
  std::optional<Tracked<int>> n(std::in_place, "n");
  FakeObserver observer;
  const std::vector<const void*> address{&*n};
  CHECK(observer.gone.empty());
  n.reset();
  CHECK(observer.gone == address);
}

TEST_CASE("tracked: unobserved it stores all the same") {
  Tracked<std::map<int, std::string>> map{"map"};
  map.insert({1, "a"});
  map.set_at(2, "b");
  CHECK(map->size() == 2);
  CHECK(map.take().size() == 2);
}

TEST_CASE("tracked: only values that have a digest can be tracked") {
  static_assert(!Digestible<void*>);
  const auto trackable = []<class T>(std::type_identity<T>) {
    return requires { typename Tracked<T>; };
  };
  CHECK(trackable(std::type_identity<int>{}));
  CHECK_FALSE(trackable(std::type_identity<void*>{}));
}
