#include <reprise/sim/plan/identity.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace reprise;

namespace {

std::vector<IdentityKind> all_identity_kinds() {
  std::vector<IdentityKind> all;
  for (const std::string_view text : identity_kind_texts()) {
    all.push_back(identity_kind_from(text).value());
  }
  return all;
}

}  // namespace

TEST_CASE("identity: its text is its name and ordinal and kind") {
  Names names;
  const NameId name = names.child(names.child(0, "client[2]"), "write(wal)");
  CHECK(to_string(names, {name, 3, DecisionKind::error}) == "client[2]/write(wal)#3/error");
  CHECK(to_string(names, {name, 1, EventKind::delivery}) == "client[2]/write(wal)#1/delivery");
}

TEST_CASE("identity: every kind's text is read back") {
  std::set<std::string_view> texts;
  for (const IdentityKind kind : all_identity_kinds()) {
    CHECK(identity_kind_from(to_string(kind)) == std::optional<IdentityKind>(kind));
    texts.insert(to_string(kind));
  }
  CHECK(texts.size() == 44);
  CHECK_FALSE(identity_kind_from("").has_value());
  CHECK_FALSE(identity_kind_from("Error").has_value());
}

TEST_CASE("identity: a text is taken apart and gives the same key") {
  Names names;
  for (const char* part : {"write(wal)", "read(a/b#3)", "f/x(a / b, \"#1/turn\")", "#", "a#1"}) {
    CAPTURE(part);
    const NameId name = names.child(names.child(0, "client"), part);
    for (const std::uint32_t ordinal : {1u, 10u, Identity::ordinal_max}) {
      for (const IdentityKind kind : all_identity_kinds()) {
        const Identity identity{name, ordinal, kind};
        const std::string text = to_string(names, identity);
        const std::optional<IdentityText> parsed = parse_identity(text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->name == names.text(name));
        CHECK(parsed->ordinal == ordinal);
        CHECK(parsed->kind == identity.kind());
        CHECK(parsed->key() == key_of(names, identity));
      }
    }
  }
}

TEST_CASE("identity: what is no identity is not read") {
  for (const char* text : {"",
                           "/",
                           "#",
                           "#/",
                           "a",
                           "a#1",
                           "a/turn",
                           "a#/turn",
                           "a#x/turn",
                           "a#1x/turn",
                           "a#-1/turn",
                           "a#+1/turn",
                           "a# 1/turn",
                           "a#0/turn",
                           "a#67108864/turn",
                           "a#4294967296/turn",
                           "a#1/",
                           "a#1/turns",
                           "a#1/Turn",
                           "a#1/turn ",
                           "#1/turn",
                           "a#1 /turn",
                           "a#1/turn/"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_identity(text).has_value());
  }
}

TEST_CASE("identity: keys tell names and ordinals and kinds apart") {
  std::set<std::uint64_t> keys;
  for (const std::string_view name : {"a", "b", "a/b"}) {
    for (std::uint32_t ordinal = 1; ordinal <= 300; ++ordinal) {
      for (const IdentityKind kind : all_identity_kinds()) {
        keys.insert(key_of(hash_of_name(name), ordinal, kind));
      }
    }
  }
  CHECK(keys.size() == 3 * 300 * all_identity_kinds().size());
}

TEST_CASE("identity: keys are frozen") {
  CHECK(key_of(hash_of_name("client[2]/write(wal)"), 3, DecisionKind::error) ==
        0xdbdb0471e26db18fu);
}

TEST_CASE("identity: every decision has words for each of its values") {
  CHECK(meaning_of(DecisionKind::error, 0) == "calm");
  CHECK(meaning_of(DecisionKind::error, 1) == "fails with EIO");
  CHECK(meaning_of(DecisionKind::error, 3) == "fails with ENOSPC");
  CHECK(meaning_of(DecisionKind::refusal, 3) == "refused at submit with ENOMEM");
  CHECK(meaning_of(DecisionKind::short_io, 1) == "moves only 1 byte");
  CHECK(meaning_of(DecisionKind::short_io, 17) == "moves only 17 bytes");
  for (const DecisionKindRow& row : decision_kinds) {
    for (std::uint32_t value = 1; value < 4; ++value) {
      CHECK(meaning_of(row.kind, value).size() > 8);
    }
    // A trace may hold any value, also one that no run decides for.
    CHECK_FALSE(meaning_of(row.kind, UINT32_MAX).empty());
  }
}

TEST_CASE("identity: timing and faults and the contract are all decisions and share none") {
  CHECK((timing_kinds & fault_kinds) == 0);
  CHECK((timing_kinds & kinds(DecisionKind::contract)) == 0);
  CHECK((fault_kinds & kinds(DecisionKind::contract)) == 0);
  CHECK((timing_kinds | fault_kinds | kinds(DecisionKind::contract)) == all_kinds);
  CHECK((timing_kinds & kinds(DecisionKind::yield_before)) == 0);
  CHECK((timing_kinds & kinds(DecisionKind::yield)) != 0);
}
