#include <reprise/sim/plan/decision_kind.h>

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace reprise;

namespace {

std::string text_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("decision kind: keys and texts are each used once") {
  std::set<unsigned> keys;
  std::set<std::string_view> texts;
  for (const std::string_view text : identity_kind_texts()) {
    texts.insert(text);
    keys.insert(identity_kind_from(text).value().key());
  }
  CHECK(texts.size() == identity_kind_texts().size());
  CHECK(keys.size() == identity_kind_texts().size());
  CHECK(*keys.rbegin() < kind_key_end);
}

TEST_CASE("decision kind: timing needs no promise and each fault has one") {
  const DecisionKinds calm = allowed_kinds({});
  CHECK(calm == (timing_kinds | kinds(DecisionKind::cancel_answer)));
  const DecisionKinds all = allowed_kinds({.errors = true,
                                           .refusals = true,
                                           .retries = true,
                                           .short_io = true,
                                           .cancels = true,
                                           .abandons = true,
                                           .spurious = true,
                                           .yields_before_calls = true,
                                           .sync_errors = true,
                                           .connections = true,
                                           .datagrams = true,
                                           .corruption = true,
                                           .slow_links = true,
                                           .partitions = true,
                                           .no_memory = true,
                                           .power_loss = true,
                                           .contract = ErrorContract::either});
  CHECK(all == all_kinds);
  const DecisionKinds errors = allowed_kinds({.errors = true});
  const DecisionKinds power = allowed_kinds({.power_loss = true});
  CHECK(power == (calm | kinds_that(Effect::loses_power | Effect::lies)));
  CHECK(errors == (calm | kinds(DecisionKind::error, DecisionKind::breaks)));
}

TEST_CASE("decision kind: the trace's document and schema have a row for each") {
  const std::string document = text_of("docs/TRACE.md");
  const std::string schema = text_of("docs/schemas/trace.json");
  std::string alternatives;
  for (const DecisionKindRow& row : decision_kinds) {
    CAPTURE(row.text);
    CHECK(document.find("| `" + std::string(row.text) + "` |") != std::string::npos);
    alternatives += (alternatives.empty() ? "/(" : "|") + std::string(row.text);
  }
  CHECK(schema.find(alternatives + ")$") != std::string::npos);
}

TEST_CASE("decision kind: each fault and mode says what it may do") {
  for (const DecisionKindRow& row : decision_kinds) {
    CAPTURE(row.text);
    if (row.family != DecisionFamily::timing) CHECK(row.effect != Effect::none);
  }
  CHECK(kinds_that(Effect::enters_early) == kinds(DecisionKind::spurious));
  CHECK((kinds_that(Effect::fails_io) & kinds(DecisionKind::breaks)) != 0);
  CHECK(kinds_that(Effect::cuts_io | Effect::enters_early) ==
        (kinds_that(Effect::cuts_io) | kinds_that(Effect::enters_early)));
}
