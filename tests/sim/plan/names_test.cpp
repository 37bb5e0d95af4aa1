#include <reprise/core/internal/open.h>
#include <reprise/sim/plan/names.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace reprise;

TEST_CASE("names: a child is its parent's text and a part") {
  Names names;
  const NameId client = names.child(0, "client[2]");
  CHECK(names.text(client) == "client[2]");
  CHECK(names.text(names.child(client, "write(wal)")) == "client[2]/write(wal)");
  CHECK(names.parent(names.child(client, "write(wal)")) == client);
  CHECK(names.parent(client) == 0);
}

TEST_CASE("names: the same child is the same name") {
  Names names;
  const NameId client = names.child(0, "client");
  const NameId read = names.child(client, "read(a)");
  static_cast<void>(names.child(client, "read(b)"));
  static_cast<void>(names.child(0, "read(a)"));
  CHECK(names.child(client, "read(a)") == read);
  CHECK(names.size() == 5);
}

TEST_CASE("names: a part that is the end of another is not the same name") {
  Names names;
  const NameId long_one = names.child(0, "abc");
  CHECK(names.child(0, "c") != long_one);
  CHECK(names.text(names.child(0, "c")) == "c");
}

TEST_CASE("names: many names keep their texts and are found again") {
  Names names;
  std::vector<NameId> made;
  for (int i = 0; i < 2000; ++i) made.push_back(names.child(0, "task" + std::to_string(i)));
  for (int i = 0; i < 2000; ++i) {
    const std::string text = "task" + std::to_string(i);
    REQUIRE(names.text(made[static_cast<std::size_t>(i)]) == text);
    REQUIRE(names.child(0, text) == made[static_cast<std::size_t>(i)]);
  }
}

TEST_CASE("names: the hash is of the whole text and frozen") {
  CHECK(hash_of_name("") == 0x2d06800538d394c2u);
  CHECK(hash_of_name("client[2]/write(wal)") == 0x62c1915b3bf06326u);
  Names names;
  const NameId name = names.child(names.child(0, "client[2]"), "write(wal)");
  CHECK(names.hash(name) == hash_of_name("client[2]/write(wal)"));
  CHECK(names.hash(0) == hash_of_name(""));
}

TEST_CASE("names: a site's name is its function and its expression") {
  static constexpr AwaitSite site{"step", "file.read()", "a.cpp", 3};
  Names names;
  const NameId client = names.child(0, "client");
  const NameId at = names.site(client, site);
  CHECK(names.text(at) == "client/step/file.read()");
  CHECK(names.site(client, site) == at);
}

TEST_CASE("names: two sites of the same text share a name whatever their lines") {
  static constexpr AwaitSite one{"step", "read()", "a.cpp", 3};
  static constexpr AwaitSite other{"step", "read()", "a.cpp", 9};
  Names names;
  const NameId at = names.site(0, one);
  CHECK(names.site(0, other) == at);
  CHECK(names.site(0, one) == at);
}

TEST_CASE("names: the same site below another name is another name") {
  static constexpr AwaitSite site{"step", "read()", "a.cpp", 3};
  Names names;
  const NameId a = names.site(names.child(0, "a"), site);
  const NameId b = names.site(names.child(0, "b"), site);
  CHECK(names.text(a) == "a/step/read()");
  CHECK(names.text(b) == "b/step/read()");
}

TEST_CASE("names: what another's event sets going is named after it") {
  Names names;
  const NameId a = names.child(0, "a");
  const NameId read = names.child(names.child(0, "b"), "read(x)");
  const NameId after = names.after(a, read);
  CHECK(names.text(after) == "a/after(b/read(x))");
  CHECK(names.after(a, read) == after);
  CHECK(names.parent(after) == a);
}

TEST_CASE("names: ordinals count from one per name and start again with a run") {
  Names names;
  const NameId a = names.child(0, "a");
  const NameId b = names.child(0, "b");
  CHECK(names.next_ordinal(a) == 1);
  CHECK(names.next_ordinal(a) == 2);
  CHECK(names.next_ordinal(b) == 1);
  names.begin_run();
  CHECK(names.next_ordinal(a) == 1);
  CHECK(names.next_ordinal(b) == 1);
  CHECK(names.next_ordinal(b) == 2);
}
