#include <doctest/doctest.h>
#include <reprise/replay/cli/explain/explain.h>
#include <reprise/replay/cli/explain/pages.h>
#include <reprise/sim/runner.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/captured.h"
#include "tests/support/command_line.h"

namespace reprise {
namespace {

tests::Captured explain(std::vector<std::string> names) {
  names.insert(names.begin(), "explain");
  return tests::run_reprise(names);
}

TEST_CASE("explain: every check has a page and what is no check has none") {
  for (const std::string& check : check_names()) {
    CAPTURE(check);
    CHECK(!explanation_of(check).empty());
    CHECK(!summary_of(check).empty());
  }
  CHECK(explanation_of("no-such-check").empty());
  CHECK(summary_of("no-such-check").empty());
  CHECK(explained_page("no-such-check").empty());
}

TEST_CASE("explain: a page on a check answers the same questions in the same order") {
  for (const ExplainPage& page : check_pages()) {
    CAPTURE(page.name);
    std::size_t at = 0;
    for (const std::string_view heading : {"What it finds\n", "\nWhy it ", "\nBroken\n", "\nMended",
                                           "\nNot found\n", "\nExceptions\n", "\nTry\n  "}) {
      CAPTURE(heading);
      const std::size_t found = page.text.find(heading, at);
      REQUIRE(found != std::string_view::npos);
      CHECK((heading.front() == '\n' || found == 0));
      at = found + 1;
    }
    CHECK(page.text.find("--no-check ") != std::string_view::npos);
  }
}

TEST_CASE("explain: a page is named as its file and each check has one and no other") {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : check_page_files()) {
    const ExplainPage page = explain_page_from(file.text);
    CHECK(file.name == std::string(page.name) + ".md");
    names.emplace_back(page.name);
  }
  std::ranges::sort(names);
  CHECK(names == check_names());
  for (const EmbeddedFile& file : topic_page_files()) {
    CHECK(file.name == std::string(explain_page_from(file.text).name) + ".md");
  }
}

TEST_CASE(
    "explain: headings lose their marks and comments are gone and text and code are indented") {
  const ExplainPage page = explain_page_from(
      "# a-check: in short\n\n## Broken\nText\n<!-- within: a\nframe -->\n```\nif (a) {\n\n## "
      "b\n```\nmore\n");
  CHECK(page.name == "a-check");
  CHECK(page.summary == "in short");
  CHECK(page.text == "Broken\n  Text\n    if (a) {\n\n    ## b\n  more\n");
}

TEST_CASE("explain: pages are 80 columns wide and half a page long") {
  for (const auto* const pages : {&check_pages(), &topic_pages()}) {
    for (const ExplainPage& page : *pages) {
      CAPTURE(page.name);
      CHECK(page.text.ends_with("\n"));
      CHECK(page.summary.size() <= 70);
      CHECK(std::ranges::count(page.text, '\n') <= 50);
      std::size_t column = 0;
      for (const char c : page.text) {
        column = c == '\n' ? 0 : column + 1;
        CHECK(column <= 80);
        CHECK(static_cast<unsigned char>(c) < 0x80);
      }
    }
  }
}

TEST_CASE("explain: without a name all checks and topics are listed") {
  const tests::Captured list = explain({});
  CHECK(list.exit == 0);
  for (const std::string& check : check_names()) {
    CHECK(list.out.find("  " + check + "  ") != std::string::npos);
  }
  for (const std::string& topic : explained_topics()) {
    CHECK(list.out.find("  " + topic + "  ") != std::string::npos);
  }
  CHECK(list.out.ends_with("\n`reprise explain NAME` says more.\n"));
}

TEST_CASE("explain: a page is printed as it is written") {
  const tests::Captured page = explain({"store-watch"});
  CHECK(page.exit == 0);
  CHECK(page.out == "store-watch: " + std::string(summary_of("store-watch")) + "\n\n" +
                        std::string(explanation_of("store-watch")));
  const tests::Captured two = explain({"progress", "crash"});
  CHECK(two.out.find("\n\ncrash: ") != std::string::npos);
  const tests::Captured wrong = explain({"store-wach"});
  CHECK(wrong.exit == 2);
  CHECK(wrong.err.find("did you mean \"store-watch\"?") != std::string::npos);
}

TEST_CASE("explain: the checks that need the store watch say so") {
  for (const char* const check : {"buffer-ownership", "heap-lifetime", "prefix-read"}) {
    CAPTURE(check);
    CHECK(explanation_of(check).find("`reprise explain store-watch`") != std::string_view::npos);
  }
  CHECK(!explanation_of("idle-state").empty());
}

}  // namespace
}  // namespace reprise
