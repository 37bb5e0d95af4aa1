#include <doctest/doctest.h>
#include <reprise/replay/trace/trace.h>
#include <reprise/sim/strategy/random_numbers.h>

#include <string>
#include <string_view>

namespace reprise {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

Trace small_trace() {
  return {.scenario = "counter/bump",
          .build = "0.1.0",
          .seed = 0x5eed91c407aa3e10,
          .strategy = "uniform",
          .plan = {.base = Base::lazy,
                   .decisions = {{"client/bump/load()#2/yield", 1}},
                   .order = {"client/read(counter)#1/delivery", "clock/turn#1/turn"}},
          .finding = TracedFinding{"double-mutation",
                                   "double-mutation counter/bump value",
                                   "`value` was changed twice by one operation",
                                   {"entry 1: 0 -> 1"}},
          .digest = 0x9f2c};
}

constexpr std::string_view small_text = R"({
  "format": "reprise-trace/1",
  "scenario": "counter/bump",
  "build": "0.1.0",
  "seed": "0x5eed91c407aa3e10",
  "strategy": "uniform",
  "plan": {
    "base": "lazy",
    "decisions": [
      {"id": "client/bump/load()#2/yield", "value": 1, "means": "an explicit yield after this call said Done"}
    ],
    "order": [
      "client/read(counter)#1/delivery",
      "clock/turn#1/turn"
    ]
  },
  "finding": {
    "check": "double-mutation",
    "signature": "double-mutation counter/bump value",
    "message": "`value` was changed twice by one operation",
    "evidence": [
      "entry 1: 0 -> 1"
    ]
  },
  "digest": "0x0000000000009f2c"
}
)";

Trace trace_with_all() {
  Trace trace = small_trace();
  trace.options = {{"clients", 3}, {"offset", INT64_MIN}};
  trace.meanings = {"load() yields, although it is done"};
  trace.plan.decisions.push_back({"a \"quoted\" \xc3\xa9 name#1/error", UINT32_MAX});
  trace.meanings.emplace_back("something\nelse");
  trace.seed = UINT64_MAX;
  trace.digest = UINT64_MAX;
  trace.events = {
      {"client/turn#1/turn", {{"client", "enters"}, {"client", "submits", "read(f)#1"}}, 0, 1},
      {"client/read(counter)#1/delivery", {{"", "read 8 bytes\t\\"}}, UINT64_MAX, UINT64_MAX}};
  return trace;
}

// The smallest text that is a trace, with `from` replaced by `to`.
std::string edited(std::string_view from, std::string_view to) {
  std::string text =
      R"({"format": "reprise-trace/1", "scenario": "a", "options": {"n": "1"}, "seed": "7",)"
      R"( "plan": {"base": "sync", "decisions": [{"id": "x#1/error", "value": 1}],)"
      R"( "order": ["x#1/turn"]}, "finding": {"check": "c", "signature": "s", "message": "m",)"
      R"( "evidence": []}, "digest": "0x1",)"
      R"( "events": [{"id": "x#1/turn", "time_ns": "1", "what": "", "digest": "0x1"}]})";
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}
std::string error_after(std::string_view from, std::string_view to) {
  return parse_trace(edited(from, to)).error();
}

TEST_CASE("trace: a small one has these bytes") { CHECK(to_json(small_trace()) == small_text); }

TEST_CASE("trace: one of a calm run is a few lines") {
  CHECK(to_json({.scenario = "a/b"}) == R"({
  "format": "reprise-trace/1",
  "scenario": "a/b",
  "plan": {
    "base": "sync",
    "decisions": []
  }
}
)");
}

TEST_CASE("trace: what is written is read back") {
  const Trace trace = trace_with_all();
  const Expected<Trace> parsed = parse_trace(to_json(trace));
  REQUIRE_MESSAGE(parsed.ok(), parsed.error());
  const Trace& read = parsed.value();
  CHECK(read.scenario == trace.scenario);
  CHECK(read.options == trace.options);
  CHECK(read.build == trace.build);
  CHECK(read.seed == trace.seed);
  CHECK(read.strategy == trace.strategy);
  CHECK(read.plan == trace.plan);
  CHECK(read.meanings == trace.meanings);
  CHECK(read.finding == trace.finding);
  CHECK(read.digest == trace.digest);
  REQUIRE(read.events.size() == 2);
  CHECK(read.events[1].identity == trace.events[1].identity);
  CHECK(read.events[0].facts == trace.events[0].facts);
  CHECK(read.events[1].facts == trace.events[1].facts);
  CHECK(read.events[1].time_ns == trace.events[1].time_ns);
  CHECK(read.events[1].digest == trace.events[1].digest);
  CHECK(to_json(read) == to_json(trace));
}

TEST_CASE("trace: only format and scenario and base must be there") {
  const Expected<Trace> parsed =
      parse_trace(R"({"plan": {"base": "lazy"}, "scenario": "a", "format": "reprise-trace/1"})");
  REQUIRE_MESSAGE(parsed.ok(), parsed.error());
  CHECK(parsed.value().plan == Plan{.base = Base::lazy, .decisions = {}, .order = {}});
  CHECK_FALSE(parsed.value().seed.has_value());
  CHECK_FALSE(parsed.value().digest.has_value());
  CHECK_FALSE(parsed.value().finding.has_value());
}

TEST_CASE("trace: a meaning that is missing is made from the decision") {
  const Expected<Trace> parsed = parse_trace(edited("\"value\": 1", "\"value\": 3"));
  REQUIRE(parsed.ok());
  CHECK(meaning_of(parsed.value(), 0) == "fails with ENOSPC");
}

TEST_CASE("trace: a seed may be decimal or hexadecimal") {
  CHECK(parse_trace(edited("\"7\"", "\"18446744073709551615\"")).value().seed == UINT64_MAX);
  CHECK(parse_trace(edited("\"7\"", "\"0xfF\"")).value().seed == 255);
}

TEST_CASE("trace: other formats and versions are named") {
  CHECK(error_after("trace/1", "trace/2") ==
        "format: this is reprise-trace/2; this program reads reprise-trace/1");
  CHECK(parse_trace(R"({"format": "reprise-trace/2", "events": [1], "new": 1})").error() ==
        "format: this is reprise-trace/2; this program reads reprise-trace/1");
  CHECK(parse_trace(R"({"scenario": "a"})").error() ==
        "format: missing; expected \"reprise-trace/1\", so this is no trace");
  CHECK(parse_trace("[]").error() == "expected an object, found a list");
  CHECK(parse_trace("{\"format\": 1}").error() == "format: expected \"reprise-trace/1\", found 1");
}

TEST_CASE("trace: missing fields are named") {
  CHECK(error_after("\"scenario\": \"a\", ", "") ==
        "scenario: missing; expected a scenario's name");
  CHECK(error_after("\"base\": \"sync\", ", "") ==
        "plan.base: missing; expected \"sync\" or \"lazy\"");
  CHECK(error_after("\"id\": \"x#1/error\", ", "") ==
        "plan.decisions[0].id: missing; expected a decision's identity");
  CHECK(error_after(", \"value\": 1", "") ==
        "plan.decisions[0].value: missing; expected a whole number, 0 for calm");
  CHECK(error_after("\"check\": \"c\", ", "") == "finding.check: missing; expected a check's name");
  CHECK(error_after("\"time_ns\": \"1\", ", "") ==
        "events[0].time_ns: missing; expected a number as a text");
  CHECK(parse_trace(R"({"format": "reprise-trace/1", "scenario": "a"})").error() ==
        "plan: missing; expected an object with a \"base\"");
}

TEST_CASE("trace: wrong types are named") {
  CHECK(error_after("\"a\"", "1") == "scenario: expected a scenario's name, found 1");
  CHECK(error_after("{\"n\": \"1\"}", "[]") == "options: expected an object, found a list");
  CHECK(error_after("[{\"id\": \"x#1/error\", \"value\": 1}]", "{}") ==
        "plan.decisions: expected a list of decisions, found an object");
  CHECK(error_after("{\"id\": \"x#1/error\", \"value\": 1}", "\"x#1/error\"") ==
        "plan.decisions[0]: expected an object, found \"x#1/error\"");
  CHECK(error_after("[\"x#1/turn\"]", "true") ==
        "plan.order: expected a list of events' identities, found true");
  CHECK(error_after("[]", "\"fact\"") ==
        "finding.evidence: expected a list of texts, found \"fact\"");
  CHECK(error_after("[]", "[null]") == "finding.evidence[0]: expected a text, found null");
  CHECK(
      error_after("{\"id\": \"x#1/turn\", \"time_ns\": \"1\", \"what\": \"\", \"digest\": \"0x1\"}",
                  "3") == "events[0]: expected an object, found 3");
  CHECK(parse_trace(R"({"format": "reprise-trace/1", "scenario": "a", "plan": {"base": "sync"},)"
                    R"( "events": {}})")
            .error() == "events: expected a list of events, found an object");
}

TEST_CASE("trace: unknown fields are named with what was meant") {
  CHECK(error_after("\"seed\"", "\"sede\"") == "unknown field \"sede\"; did you mean \"seed\"?");
  CHECK(error_after("\"order\"", "\"oder\"") ==
        "plan: unknown field \"oder\"; did you mean \"order\"?");
  CHECK(error_after("\"value\"", "\"took\"") == "plan.decisions[0]: unknown field \"took\"");
  CHECK(error_after("\"what\"", "\"waht\"") ==
        "events[0]: unknown field \"waht\"; did you mean \"what\"?");
}

TEST_CASE("trace: numbers out of range are named") {
  CHECK(error_after("\"value\": 1", "\"value\": -1") ==
        "plan.decisions[0].value: expected a whole number from 0 to 4294967295, found -1");
  CHECK(error_after("\"value\": 1", "\"value\": 4294967296") ==
        "plan.decisions[0].value: expected a whole number from 0 to 4294967295, found 4294967296");
  CHECK(error_after("\"value\": 1", "\"value\": 1.5") ==
        "plan.decisions[0].value: expected a whole number from 0 to 4294967295, found 1.5");
  CHECK(error_after("\"value\": 1", "\"value\": 99999999999999999999") ==
        "plan.decisions[0].value: expected a whole number from 0 to 4294967295, found "
        "99999999999999999999");
  for (const std::string_view seed :
       {"\"\"", "\"x\"", "\"-1\"", "\"0x\"", "\"1 \"", "\"18446744073709551616\"", "7"}) {
    CHECK(error_after("\"7\"", seed) ==
          "seed: expected a number of 64 bits as a text, such as \"1234\" or \"0x4d2\", found " +
              std::string(seed));
  }
  CHECK(error_after("\"n\": \"1\"", "\"n\": \"9223372036854775808\"") ==
        "options.n: expected a whole number of 64 bits as a text, such as \"3\" or \"-3\", found "
        "\"9223372036854775808\"");
  CHECK(
      error_after("\"n\": \"1\"", "\"n\": 1") ==
      "options.n: expected a whole number of 64 bits as a text, such as \"3\" or \"-3\", found 1");
}

TEST_CASE("trace: identities are checked") {
  CHECK(error_after("x#1/error", "x/error") ==
        "plan.decisions[0].id: expected an identity such as \"client/read(db)#1/error\", found "
        "\"x/error\"");
  CHECK(error_after("x#1/error", "x#1/errro") ==
        "plan.decisions[0].id: expected an identity such as \"client/read(db)#1/error\", found "
        "\"x#1/errro\"; did you mean \"error\"?");
  CHECK(error_after("x#1/error", "x#1/turn") ==
        "plan.decisions[0].id: \"x#1/turn\" is an event, which can stand in \"order\" only");
  CHECK(error_after("[\"x#1/turn\"]", "[\"x#1/turn\", \"x#1/yield\"]") ==
        "plan.order[1]: \"x#1/yield\" is a decision, which can stand in \"decisions\" only");
  CHECK(error_after("[\"x#1/turn\"]", "[\"\"]") ==
        "plan.order[0]: expected an identity such as \"client/read(db)#1/delivery\", found \"\"");
  CHECK(error_after("[{\"id\": \"x#1/error\", \"value\": 1}]",
                    "[{\"id\": \"x#1/error\", \"value\": 1}, {\"id\": \"x#2/error\", \"value\": 1},"
                    " {\"id\": \"x#1/error\", \"value\": 2}]") ==
        "plan.decisions[2].id: \"x#1/error\" was decided already, in plan.decisions[0]");
}

TEST_CASE("trace: an unknown base is named with what was meant") {
  CHECK(error_after("\"sync\"", "\"lasy\"") ==
        "plan.base: expected \"sync\" or \"lazy\", found \"lasy\"; did you mean \"lazy\"?");
}

TEST_CASE("trace: hostile bytes are refused") {
  CHECK(error_after("\"m\"", "\"\xff\"").ends_with("the byte 0xff is not UTF-8"));
  CHECK(error_after("\"m\"", "\"\0\""sv).ends_with("a NUL character, which no JSON text has"));
  CHECK(error_after("\"m\"", "\"\\u0000\"") == "finding.message: a NUL character (\\u0000)");
  CHECK(error_after("\"a\"", "\"\x1b[2J\"").find('\x1b') == std::string::npos);
}

TEST_CASE("trace: one that is cut off anywhere is refused") {
  const std::string text = to_json(trace_with_all());
  REQUIRE(parse_trace(text).ok());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    const Expected<Trace> parsed = parse_trace(std::string_view(text).substr(0, size));
    CAPTURE(size);
    REQUIRE_FALSE(parsed.ok());
    if (size > 0)
      REQUIRE(parsed.error().ends_with("the text ends here, in the middle; it was cut off"));
  }
}

TEST_CASE("trace: one that is damaged anyhow is read or refused with one line") {
  const std::string text = to_json(trace_with_all());
  Random random(1);
  unsigned refused = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string damaged = text;
    const std::uint32_t flips = 1 + random.below(4);
    for (std::uint32_t flip = 0; flip < flips; ++flip) {
      char& byte = damaged[random.below(static_cast<std::uint32_t>(damaged.size()))];
      const std::uint32_t bit = random.below(8);
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << bit));
    }
    const Expected<Trace> parsed = parse_trace(damaged);
    if (parsed.ok()) {
      REQUIRE(parse_trace(to_json(parsed.value())).ok());
      continue;
    }
    ++refused;
    REQUIRE_FALSE(parsed.error().empty());
    for (const char c : parsed.error()) REQUIRE(static_cast<unsigned char>(c) >= 0x20);
  }
  CHECK(refused > 2000);
}

TEST_CASE("trace: text that JSON cannot hold is made fit and then stays") {
  Trace trace = small_trace();
  trace.finding->message = "a\0b\xff"s;
  const Expected<Trace> parsed = parse_trace(to_json(trace));
  REQUIRE(parsed.ok());
  CHECK(parsed.value().finding->message ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd");
  CHECK(to_json(parsed.value()) == to_json(trace));
}

}  // namespace
}  // namespace reprise
