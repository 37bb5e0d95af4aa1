#include <doctest/doctest.h>
#include <reprise/replay/worker/message.h>
#include <reprise/replay/worker/worker.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace reprise {

namespace {

enum class Color : std::uint8_t { red, green };

struct Inner {
  std::string name;
  std::optional<std::vector<std::string>> words;
};
void fields(MessageArchive& archive, Inner& inner) { archive(inner.name, inner.words); }

struct Outer {
  bool flag = false;
  Color color = Color::red;
  int negative = 0;
  std::int64_t wide = 0;
  std::vector<Inner> inners;
  std::map<std::string, std::uint64_t> counts;
};
void fields(MessageArchive& archive, Outer& outer) {
  archive(outer.flag, outer.color, outer.negative, outer.wide, outer.inners, outer.counts);
}

struct Stop {};
using Message = std::variant<Inner, Stop, Outer>;

template <class T>
T sent(T message) {
  return from_bytes<T>(to_bytes(std::move(message)));
}

// How the reading of such a message ends.
template <class T>
std::string end_of_reading(const std::string& bytes) {
  const WorkerEnd end = run_in_worker([&](WorkerPort&) { from_bytes<T>(bytes); }, {.silent = true});
  return end.words;
}

}  // namespace

TEST_CASE("message: members and what they hold come out as they went in") {
  Outer outer{true, Color::green, -7, INT64_MIN, {}, {{"a", 1}, {"b", UINT64_MAX}}};
  outer.inners.push_back({"first", std::vector<std::string>{"", std::string("nul\0nul", 7)}});
  outer.inners.push_back({"second", std::nullopt});
  const Outer read = sent(outer);
  CHECK(read.flag);
  CHECK(read.color == Color::green);
  CHECK(read.negative == -7);
  CHECK(read.wide == INT64_MIN);
  CHECK(read.counts == outer.counts);
  REQUIRE(read.inners.size() == 2);
  CHECK(read.inners[0].name == "first");
  CHECK(read.inners[0].words == outer.inners[0].words);
  CHECK(read.inners[1].name == "second");
  CHECK(!read.inners[1].words.has_value());
}

TEST_CASE("message: a variant keeps its kind") {
  const Message inner = sent<Message>(Inner{"name", {}});
  REQUIRE(std::holds_alternative<Inner>(inner));
  CHECK(std::get<Inner>(inner).name == "name");
  CHECK(std::holds_alternative<Stop>(sent<Message>(Stop())));
  const Message outer = sent<Message>(Outer{.wide = 42, .inners = {}, .counts = {}});
  REQUIRE(std::holds_alternative<Outer>(outer));
  CHECK(std::get<Outer>(outer).wide == 42);
}

TEST_CASE("message: a finding comes with all its members") {
  const Finding finding{"leak",
                        "leak x",
                        "x leaks",
                        {"one", "two"},
                        "none",
                        "help",
                        {{"a.cpp", 3, "here", 5, "f()"}},
                        Severity::note};
  const Finding read = sent(finding);
  CHECK(read.check == "leak");
  CHECK(read.signature == "leak x");
  CHECK(read.message == "x leaks");
  CHECK(read.evidence == finding.evidence);
  CHECK(read.expected == "none");
  CHECK(read.help == "help");
  REQUIRE(read.places.size() == 1);
  CHECK(read.places[0].file == "a.cpp");
  CHECK(read.places[0].line == 3);
  CHECK(read.places[0].note == "here");
  CHECK(read.places[0].column == 5);
  CHECK(read.places[0].function == "f()");
  CHECK(read.severity == Severity::note);
}

TEST_CASE("message: a plan and logged events and sites come with all their members") {
  const Plan plan{Base::lazy, {{"a#1/error", 2}, {"b#2/yield", 1}}, {"a#1/turn", "b#1/turn"}};
  CHECK(sent(plan) == plan);
  const SiteLocation site{"a.cpp", 7, "f()", "step()"};
  CHECK(sent(site) == site);
  const LoggedEvent event = sent(LoggedEvent{"a#1/turn", {{"a", "yields"}}, 9, 0xabcd});
  CHECK(event.identity == "a#1/turn");
  CHECK(event.facts == std::vector<LoggedFact>{{"a", "yields"}});
  CHECK(event.time_ns == 9);
  CHECK(event.digest == 0xabcd);
}

TEST_CASE("message: reading on past the end is an assertion") {
  const std::string bytes = to_bytes(Inner{"name", std::vector<std::string>{"word"}});
  CHECK(end_of_reading<Inner>(bytes).empty());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK(end_of_reading<Inner>(bytes.substr(0, size)).ends_with("(a record read past its end)"));
  }
  CHECK(end_of_reading<std::vector<Inner>>(to_bytes(std::uint64_t{1} << 60U))
            .ends_with("(a record read past its end)"));
  CHECK(end_of_reading<Message>(to_bytes(std::uint64_t{3}))
            .ends_with("(a message of a kind that there is not)"));
}

}  // namespace reprise
