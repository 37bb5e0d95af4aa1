#include "tests/bench/instruction_table.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace reprise::bench;

namespace {

const std::vector<std::string> names{"3x10 bare", "corpus"};
const std::string head =
    "# Speed\n\n<!-- instructions -->\n"
    "| fixed run, quick build by g++ 12 | instructions per run |\n| --- | ---: |\n";
const std::string end = "<!-- end of instructions -->\n\nMore.\n";
const std::string good = head + "| 3x10 bare | 1,000 |\n| corpus | 2,000,000 |\n" + end;

std::string error_of(const std::string& page) { return parse_table(page, names).error(); }

bool says(const std::string& sentence, const std::string& part) {
  CAPTURE(sentence);
  return sentence.find(part) != std::string::npos;
}

Comparison compare_with(std::uint64_t bare, std::uint64_t corpus) {
  return compare(parse_table(good, names).value(), {{"3x10 bare", bare}, {"corpus", corpus}});
}

}  // namespace

TEST_CASE("instruction table: it is read from between its marks") {
  const InstructionTable table{"g++ 12", {{"3x10 bare", 1000}, {"corpus", 2'000'000}}};
  CHECK(parse_table(good, names).value() == table);
}

TEST_CASE("instruction table: rows come in the order of the names") {
  const auto table = parse_table(good, {"corpus", "3x10 bare"});
  CHECK(table.value().rows[0].name == "corpus");
}

TEST_CASE("instruction table: a page without both marks has none") {
  CHECK(says(error_of("# Speed\n"), "there is no table between the lines"));
  CHECK(says(error_of(head + "| corpus | 1 |\n"), "`<!-- end of instructions -->`"));
  CHECK(says(error_of(end + "<!-- instructions -->\n"), "there is no table"));
}

TEST_CASE("instruction table: a head without the compiler is refused") {
  CHECK(says(error_of("<!-- instructions -->\n" + end), "quick build by g++ 12"));
  CHECK(says(error_of("<!-- instructions -->\n| corpus | 1 |\n" + end), "quick build by g++ 12"));
}

TEST_CASE("instruction table: a row that is no row is shown") {
  CHECK(says(error_of(head + "| corpus | many |\n" + end), "not like `| corpus | many |`"));
  CHECK(says(error_of(head + "| corpus | 0 |\n" + end), "not like `| corpus | 0 |`"));
  CHECK(says(error_of(head + "| corpus | 1 | 2 |\n" + end), "not like"));
  CHECK(says(error_of(head + "corpus 1\n" + end), "not like"));
  CHECK(says(error_of(head + "| corpus | 99999999999999999999 |\n" + end), "not like"));
}

TEST_CASE("instruction table: each fixed run has one row") {
  CHECK(says(error_of(head + "| corpus | 1 |\n" + end), "no row of the fixed run \"3x10 bare\""));
  CHECK(says(error_of(head + "| corpus | 1 |\n| corpus | 1 |\n| 3x10 bare | 1 |\n" + end),
             "more than one row of the fixed run \"corpus\""));
}

TEST_CASE("instruction table: an unknown fixed run is refused") {
  CHECK(says(error_of(head + "| corpus | 1 |\n| 3x10 bare | 1 |\n| 3x10 bore | 1 |\n" + end),
             "there is no fixed run \"3x10 bore\"; did you mean \"3x10 bare\"?"));
}

TEST_CASE("instruction table: what is written anew is read again and all else stays") {
  const InstructionTable table{"g++ 13", {{"3x10 bare", 999}, {"corpus", 1234}}};
  const std::string page = replace_table(good, table).value();
  CHECK(parse_table(page, names).value() == table);
  CHECK(replace_table(page, parse_table(good, names).value()).value() == good);
}

TEST_CASE("instruction table: a page without marks is not written") {
  CHECK(says(replace_table("# Speed\n", {}).error(), "there is no table"));
}

TEST_CASE("comparison: what differs by 3 % is the same") {
  const Comparison comparison = compare_with(1030, 1'940'000);
  CHECK_FALSE(comparison.has_risen);
  CHECK_FALSE(comparison.has_fallen);
  CHECK(comparison.text.empty());
}

TEST_CASE("comparison: what rose by more is named with its share and both counts") {
  const Comparison comparison = compare_with(1031, 2'000'000);
  CHECK(comparison.has_risen);
  CHECK_FALSE(comparison.has_fallen);
  CHECK(comparison.text ==
        "3x10 bare rose by 3.1 %: from 1,000 instructions per run in the table to 1,031\n");
}

TEST_CASE("comparison: what fell is told beside what rose") {
  const Comparison comparison = compare_with(2000, 1'000'000);
  CHECK(comparison.has_risen);
  CHECK(comparison.has_fallen);
  CHECK(says(comparison.text, "3x10 bare rose by 100.0 %"));
  CHECK(says(comparison.text, "corpus fell by 50.0 %"));
}
