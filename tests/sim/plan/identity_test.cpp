#include <reprise/sim/plan/identity.h>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

using namespace reprise;

TEST_CASE("identity: its text is its name and ordinal and aspect") {
  Names names;
  const NameId name = names.child(names.child(0, "client[2]"), "write(wal)");
  CHECK(to_string(names, {name, 3, Aspect::error}) == "client[2]/write(wal)#3/error");
  CHECK(to_string(names, {name, 1, Aspect::delivery}) == "client[2]/write(wal)#1/delivery");
}

TEST_CASE("identity: every aspect's text is read back") {
  std::set<std::string_view> texts;
  for (unsigned i = 0; i < aspect_count; ++i) {
    const Aspect aspect = static_cast<Aspect>(i);
    CHECK(aspect_from(to_string(aspect)) == std::optional<Aspect>(aspect));
    texts.insert(to_string(aspect));
  }
  CHECK(texts.size() == aspect_count);
  CHECK_FALSE(aspect_from("").has_value());
  CHECK_FALSE(aspect_from("Error").has_value());
}

TEST_CASE("identity: a text is taken apart and gives the same key") {
  Names names;
  for (const char* part : {"write(wal)", "read(a/b#3)", "f/x(a / b, \"#1/turn\")", "#", "a#1"}) {
    CAPTURE(part);
    const NameId name = names.child(names.child(0, "client"), part);
    for (const std::uint32_t ordinal : {1u, 10u, Identity::ordinal_max}) {
      for (unsigned i = 0; i < aspect_count; ++i) {
        const Identity identity{name, ordinal, static_cast<Aspect>(i)};
        const std::string text = to_string(names, identity);
        const std::optional<IdentityText> parsed = parse_identity(text);
        REQUIRE(parsed.has_value());
        CHECK(parsed->name == names.text(name));
        CHECK(parsed->ordinal == ordinal);
        CHECK(parsed->aspect == identity.aspect);
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
                           "a#134217728/turn",
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

TEST_CASE("identity: keys tell names and ordinals and aspects apart") {
  std::set<std::uint64_t> keys;
  for (const std::string_view name : {"a", "b", "a/b"}) {
    for (std::uint32_t ordinal = 1; ordinal <= 300; ++ordinal) {
      for (unsigned i = 0; i < aspect_count; ++i) {
        keys.insert(key_of(hash_of_name(name), ordinal, static_cast<Aspect>(i)));
      }
    }
  }
  CHECK(keys.size() == 3 * 300 * aspect_count);
}

TEST_CASE("identity: keys are frozen") {
  CHECK(key_of(hash_of_name("client[2]/write(wal)"), 3, Aspect::error) == 0xdbdb0471e26db18fu);
}

TEST_CASE("identity: every decision has words for each of its values") {
  CHECK(meaning_of(Aspect::error, 0) == "calm");
  CHECK(meaning_of(Aspect::error, 1) == "fails with EIO");
  CHECK(meaning_of(Aspect::error, 3) == "fails with ENOSPC");
  CHECK(meaning_of(Aspect::refusal, 3) == "refused at submit with ENOMEM");
  CHECK(meaning_of(Aspect::short_io, 1) == "moves only 1 byte");
  CHECK(meaning_of(Aspect::short_io, 17) == "moves only 17 bytes");
  for (unsigned i = 0; i < decision_aspect_count; ++i) {
    for (std::uint32_t value = 1; value < 4; ++value) {
      CHECK(meaning_of(static_cast<Aspect>(i), value).size() > 8);
    }
  }
}

TEST_CASE("identity: timing and faults and the contract are all decisions and share none") {
  CHECK((timing_aspects & fault_aspects) == 0);
  CHECK((timing_aspects & aspects(Aspect::contract)) == 0);
  CHECK((fault_aspects & aspects(Aspect::contract)) == 0);
  CHECK((timing_aspects | fault_aspects | aspects(Aspect::contract)) == all_aspects);
  CHECK((timing_aspects & aspects(Aspect::yield_before)) == 0);
  CHECK((timing_aspects & aspects(Aspect::yield)) != 0);
}
