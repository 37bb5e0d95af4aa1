#include <doctest/doctest.h>
#include <reprise/core/archive.h>
#include <reprise/core/tracked.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace reprise;

namespace archive_test {

enum class Phase : std::uint8_t { idle, busy };

struct Pin {
  int page = 0;
  bool dirty = false;

  void describe(Archive& archive) const {
    archive("page", page);
    archive("dirty", dirty);
  }
};

struct Pager {
  bool locked = false;
  Phase phase = Phase::idle;
  std::string name = "main";
  Tracked<int> count{"count"};
  Tracked<bool> full{"full"};
  std::vector<int> free;
  Pin top;
  std::vector<Pin> pins;

  void describe(Archive& archive) const {
    archive("locked", locked);
    archive("phase", phase);
    archive("name", name);
    archive("count", count);
    archive("full", full);
    archive("free", free);
    archive("top", top);
    archive("pins", pins);
  }
};

/// Somebody else's type.
struct Foreign {
  int a = 0;
  int b = 0;
};
void describe(Archive& archive, const Foreign& foreign) {
  archive("a", foreign.a);
  archive("b", foreign.b);
}

struct Holder {
  Foreign foreign;
  void describe(Archive& archive) const { archive("foreign", foreign); }
};

template <class T>
std::uint64_t digest_by_archive(const T& value) {
  Archive archive;
  archive.tell(value);
  return archive.digest();
}

template <class T>
std::vector<std::string> told(const T& value) {
  std::vector<Archive::Item> items;
  Archive archive(items);
  archive.tell(value);
  CHECK(archive.digest() == digest_by_archive(value));
  std::vector<std::string> lines;
  for (const Archive::Item& item : items) lines.push_back(item.name + " = " + item.value);
  return lines;
}

}  // namespace archive_test

using namespace archive_test;

TEST_CASE("archive: tells names and values of all members in their order") {
  Pager pager;
  pager.locked = true;
  pager.phase = Phase::busy;
  pager.count = 3;
  pager.free = {1, 2};
  CHECK(told(pager) == std::vector<std::string>{"locked = true", "phase = 1", "name = \"main\"",
                                                "count = 3", "full = false", "free = of size 2",
                                                "top.page = 0", "top.dirty = false",
                                                "pins = of size 0"});
}

TEST_CASE("archive: tells of a range of described elements one by one") {
  Pager pager;
  pager.pins = {{.page = 4, .dirty = true}, {.page = 5}};
  const std::vector<std::string> lines = told(pager);
  CHECK(std::vector<std::string>(lines.end() - 5, lines.end()) ==
        std::vector<std::string>{"pins = of size 2", "pins[0].page = 4", "pins[0].dirty = true",
                                 "pins[1].page = 5", "pins[1].dirty = false"});
}

TEST_CASE("archive: takes a function beside the type and prefixes nested names") {
  CHECK(told(Foreign{1, 2}) == std::vector<std::string>{"a = 1", "b = 2"});
  CHECK(told(Holder{{1, 2}}) == std::vector<std::string>{"foreign.a = 1", "foreign.b = 2"});
  CHECK(Described<Foreign>);
  CHECK(Described<const Pager>);
  CHECK_FALSE(Described<int>);
}

TEST_CASE("archive: the digest depends on the order of values") {
  CHECK(digest_by_archive(Foreign{1, 2}) != digest_by_archive(Foreign{2, 1}));
  Pager one;
  Pager other;
  one.pins = {{1, true}, {2, false}};
  other.pins = {{2, false}, {1, true}};
  CHECK(digest_by_archive(one) != digest_by_archive(other));
}

TEST_CASE("archive: the digest sees each member and is the same for equal values") {
  const std::uint64_t before = digest_by_archive(Pager{});
  CHECK(digest_by_archive(Pager{}) == before);
  Pager pager;
  pager.locked = true;
  CHECK(digest_by_archive(pager) != before);
  pager = Pager{};
  pager.full = true;
  CHECK(digest_by_archive(pager) != before);
  pager.full = false;
  CHECK(digest_by_archive(pager) == before);
  pager.top.page = 1;
  CHECK(digest_by_archive(pager) != before);
  pager.top.page = 0;
  pager.pins.resize(1);
  CHECK(digest_by_archive(pager) != before);
  pager.pins.clear();
  CHECK(digest_by_archive(pager) == before);
}

TEST_CASE("archive: an element more in one range is no element less in the next") {
  struct Two {
    std::vector<Pin> left, right;
    void describe(Archive& archive) const {
      archive("left", left);
      archive("right", right);
    }
  };
  CHECK(digest_by_archive(Two{{{}, {}}, {}}) != digest_by_archive(Two{{}, {{}, {}}}));
}

TEST_CASE("archive: what a member is called does not count") {
  struct Renamed {
    int x = 0;
    int y = 0;
    void describe(Archive& archive) const {
      archive("x", x);
      archive("y", y);
    }
  };
  CHECK(digest_by_archive(Renamed{1, 2}) == digest_by_archive(Foreign{1, 2}));
}
