#include <reprise/core/digest.h>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

using namespace reprise;

namespace {

enum class Color : std::uint8_t { red = 1, blue = 2 };
struct Empty {};
struct Page {
  int number = 0;
  int cached = 0;
  friend std::uint64_t reprise_digest(const Page& page) { return digest_of(page.number); }
};
struct Opaque {
  int value = 0;
};

}  // namespace

TEST_CASE("digest: it is the same on every compiler and machine") {
  CHECK(digest_of(42) == 6495170189615397780u);
  CHECK(digest_of(std::string("reprise")) == 13766004664310228453u);
  CHECK(digest_of(std::vector<int>{1, 2, 3}) == 6027262805736937157u);
  CHECK(digest_of(std::map<int, bool>{{1, true}, {2, false}}) == 14241957568385187752u);
}

TEST_CASE("digest: an integer's width does not matter but its value does") {
  CHECK(digest_of(std::int8_t{-3}) == digest_of(std::int64_t{-3}));
  CHECK(digest_of(std::uint16_t{7}) == digest_of(7));
  CHECK(digest_of(7) != digest_of(8));
  CHECK(digest_of(true) != digest_of(false));
}

TEST_CASE("digest: a char is unsigned on every machine") {
  CHECK(digest_of(static_cast<char>(-56)) == digest_of(200));
}

TEST_CASE("digest: an enumerator is its number") { CHECK(digest_of(Color::blue) == digest_of(2)); }

TEST_CASE("digest: a text is the same however it is held") {
  CHECK(digest_of(std::string("abc")) == digest_of(std::string_view("abc")));
  const char* const text = "abc";
  CHECK(digest_of(text) == digest_of(std::string_view("abc")));
}

TEST_CASE("digest: no text is not an empty text") {
  const char* const nothing = nullptr;
  CHECK(digest_of(nothing) != digest_of(std::string_view()));
}

TEST_CASE("digest: texts that differ in one character or in length only differ") {
  std::set<std::uint64_t> seen;
  for (std::size_t length = 0; length < 40; ++length) {
    std::string text(length, '\0');
    seen.insert(digest_of(text));
    for (std::size_t i = 0; i < length; ++i) {
      text[i] = 'x';
      seen.insert(digest_of(text));
      text[i] = '\0';
    }
  }
  CHECK(seen.size() == 40 + 39 * 40 / 2);
}

TEST_CASE("digest: the order of elements matters") {
  CHECK(digest_of(std::vector<int>{1, 2}) != digest_of(std::vector<int>{2, 1}));
  CHECK(digest_of(std::pair{1, 2}) != digest_of(std::pair{2, 1}));
}

TEST_CASE("digest: where a nested range ends matters") {
  using Nested = std::vector<std::vector<int>>;
  CHECK(digest_of(Nested{{1}, {2}}) != digest_of(Nested{{1, 2}, {}}));
  CHECK(digest_of(Nested{{}}) != digest_of(Nested{}));
}

TEST_CASE("digest: an unordered container does not depend on its order") {
  std::unordered_set<int> up;    // tidy-ok: a machine may have one
  std::unordered_set<int> down;  // tidy-ok: a machine may have one
  for (int i = 0; i < 100; ++i) {
    up.insert(i);
    down.insert(99 - i);
  }
  CHECK(digest_of(up) == digest_of(down));
  down.erase(5);
  CHECK(digest_of(up) != digest_of(down));
  std::unordered_map<int, int> map{{1, 2}};  // tidy-ok: a machine may have one
  const std::uint64_t before = digest_of(map);
  map[1] = 3;
  CHECK(digest_of(map) != before);
}

TEST_CASE("digest: nothing is different from any value") {
  CHECK(digest_of(std::optional<int>()) != digest_of(std::optional(0)));
  CHECK(digest_of(std::optional(1)) != digest_of(std::optional(2)));
}

TEST_CASE("digest: a vector of bools and an array are ranges too") {
  CHECK(digest_of(std::vector<bool>{true, false}) != digest_of(std::vector<bool>{false, true}));
  CHECK(digest_of(std::array{1, 2}) == digest_of(std::vector{1, 2}));
}

TEST_CASE("digest: a type's own digest decides") {
  CHECK(digest_of(Page{3, 1}) == digest_of(Page{3, 2}));
  CHECK(digest_of(std::vector<Page>{{3, 1}}) != digest_of(std::vector<Page>{{4, 1}}));
}

TEST_CASE("digest: a type of one value has one") {
  CHECK(digest_of(Empty{}) == digest_of(Empty{}));
}

TEST_CASE("digest: types that it cannot know are refused") {
  static_assert(!Digestible<Opaque>);
  static_assert(!Digestible<double>);
  static_assert(!Digestible<int*>);
  static_assert(!Digestible<std::vector<Opaque>>);
  static_assert(!Digestible<std::pair<int, Opaque>>);
  static_assert(!Digestible<std::optional<double>>);
  CHECK(Digestible<std::map<std::string, std::optional<std::pair<int, Color>>>>);
}

TEST_CASE("digest: a struct of one's own with a first and a second is no pair") {
  struct Span {
    int first = 0, second = 0, third = 0;
  };
  static_assert(!Digestible<Span>);
  static_assert(Digestible<std::pair<int, int>>);
  CHECK(digest_of(std::pair{1, 2}) != digest_of(std::pair{2, 1}));
}
