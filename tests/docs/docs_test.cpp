// What the test of the documentation takes for true and what not; and the book's navigation.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/docs/page.h"
#include "tests/docs/session.h"
#include "tests/support/temporary_folder.h"

namespace reprise::tests {

namespace {

using doctest::Contains;
namespace fs = std::filesystem;

doctest::String text(const std::string& from) { return {from.c_str()}; }

// The page done in a tree that has a.h and frame.in; the program is `echo`.
SessionReport done(std::string_view markdown) {
  const TemporaryFolder folder;
  folder.write("tree/a.h", "int first;\nint second;\n");
  folder.write("tree/frame.in", "#include \"b.h\"\n@\n");
  return run_session(page_from(markdown, "page.md"), {.tree = folder / "tree",
                                                      .program = "/bin/echo",
                                                      .include = folder / "tree",
                                                      .folder = folder / "session",
                                                      .cache = folder / "cache"});
}

void check_wrong(std::string_view markdown, const char* sentence) {
  const SessionReport report = done(markdown);
  CAPTURE(markdown);
  REQUIRE(report.wrong.size() == 1);
  CHECK(text(report.wrong.front()) == Contains(sentence));
}

std::string page_of(std::string_view marker, std::string_view language, std::string_view lines) {
  return std::string(marker) + "\n```" + std::string(language) + '\n' + std::string(lines) +
         "```\n";
}

}  // namespace

TEST_CASE("docs: a true page has nothing wrong and is counted") {
  const SessionReport report = done(
      "See [the header](a.h#first) and [elsewhere](https://example.com/x.md).\n" +
      page_of("<!-- file: b.h -->", "cpp", "#define B 1\n#define C 3\n") +
      page_of("<!-- change: b.h -->", "diff", "-#define B 1\n+#define B 2\n") +
      page_of("<!-- from: a.h -->", "cpp", "int first;\n\n  ...  // more\nint second;\n") +
      page_of("<!-- frame:\n#include \"b.h\"\nvoid f() {\n@\n}\n-->", "cpp",
              "static_assert(B == 2);\n") +
      page_of("<!-- same frame -->", "cpp", "int unused = B; (void)unused;\n") +
      page_of("<!-- within: frame.in -->", "cpp", "static_assert(C == 3);\n") +
      "<!-- run: echo hidden > c -->\n" +
      page_of("", "console", "$ cat c; reprise said\nhidden\nsaid\n$ exit 3 # exit status 3\n") +
      page_of("", "console", "$ mkdir d && cd d\n$ ls ../b.h\n../b.h\n") +
      page_of("", "sh", "cd ..\n") + page_of("", "sh", "# a comment\ntest -f b.h \\\n  && true\n") +
      page_of("<!-- output of: seq 5 -->", "", "2\n3\n") +
      page_of("<!-- untested: for a reason -->", "yaml", "a: b\n"));
  CHECK(report.wrong == std::vector<std::string>{});
  CHECK(report.files == 2);
  CHECK(report.compiled == 3);
  CHECK(report.excerpts == 1);
  CHECK(report.commands == 8);
  REQUIRE(report.untested.size() == 1);
  CHECK(text(report.untested.front()) == Contains(": for a reason"));
}

TEST_CASE("docs: a block that does not say what it is is named with its line") {
  check_wrong(page_of("", "cpp", "int x;\n"), "page.md:2: this block is neither compiled nor run");
  check_wrong(page_of("", "", "some output\n"), "neither compiled nor run");
  check_wrong(page_of("<!-- untested: -->", "cpp", "int x;\n"), "needs words behind its colon");
  check_wrong(page_of("<!-- untested: slow -->", "cpp", "int x;\n"), "one word is no reason");
  check_wrong(page_of("<!-- flie: a.cpp -->", "cpp", "int x;\n"), "there is no such marker");
  check_wrong(page_of("<!-- frame:\nno place\n-->", "cpp", "int x;\n"), "has no line @");
  check_wrong(page_of("<!-- same frame -->", "cpp", "int x;\n"), "there is no frame above");
  check_wrong("<!-- file: a.cpp -->\n", "there is no block under this marker");
  check_wrong("- a list\n\n  ```\n", "an indented block is not seen by this test");
  check_wrong("<!-- file: a.cpp\n", "this comment has no end");
}

TEST_CASE("docs: what is not true is named") {
  check_wrong("[a](b.md)\n", "this link leads nowhere: b.md");
  check_wrong(page_of("<!-- from: a.h -->", "cpp", "int second;\nint first;\n"),
              "page.md:4: this line is not in a.h, or not in this order");
  check_wrong(page_of("<!-- from: none.h -->", "cpp", "int first;\n"),
              "this line is not in none.h");
  check_wrong(page_of("<!-- change: a.h -->", "diff", "-int first;\n+int x;\n"),
              "these lines are not in a.h");
  check_wrong(page_of("<!-- frame:\n\n@\n-->", "cpp", "int x = y;\n"), "this does not compile");
  check_wrong(page_of("<!-- within: a.h -->", "cpp", "int x;\n"), "there is no line @ in a.h");
  check_wrong(page_of("<!-- within: none.h -->", "cpp", "int x;\n"), "no line @ in none.h");
  check_wrong(page_of("<!-- file: a.cpp -->", "cpp", "int x = y;\n"), "this does not compile");
  check_wrong(page_of("", "sh", "exit 4\n"), "ended with exit status 4, not 0");
  check_wrong(page_of("", "sh", "true # exit status 1\n"), "ended with exit status 0, not 1");
  check_wrong(page_of("", "console", "$ echo a\nb\n"), "printed:\na\n");
  check_wrong(page_of("", "console", "$ echo a\n"), "printed:\na\n");
  check_wrong(page_of("", "console", "$ true\nb\n"), "printed:\n");
  check_wrong(page_of("<!-- output of: seq 5 -->", "", "2\n4\n"), "is no part of what the command");
}

TEST_CASE("docs: three dots stand for any text and alone for any lines") {
  CHECK(is_output({"a", "...", "d"}, "a\nb\nc\nd\n"));
  CHECK(is_output({"a", "...", "d"}, "a\nd\n"));
  CHECK(is_output({"... runs in ... s", "..."}, "12 runs in 3 s\n"));
  CHECK(is_output({"compiling x.cpp", "a"}, "a\n"));
  CHECK_FALSE(is_output({"a", "...", "d"}, "a\nb\n"));
  CHECK_FALSE(is_output({"... runs in ... s"}, "12 runs in 3 m\n"));
  CHECK_FALSE(is_output({"a"}, "a\nb\n"));
}

TEST_CASE("docs: every page of the book and every check and topic is in the navigation") {
  const std::string navigation = TemporaryFolder::read("mkdocs.yml");
  int pages = 0;
  for (const char* const folder : {"book", "checks", "topics"}) {
    for (const auto& entry : fs::directory_iterator("docs/" + std::string(folder))) {
      const std::string name = std::string(folder) + '/' + entry.path().filename().string();
      if (!name.ends_with(".md")) continue;
      ++pages;
      CAPTURE(name);
      CHECK(navigation.find(": " + name + '\n') != std::string::npos);
    }
  }
  CHECK(pages > 40);
}

TEST_CASE("docs: the index of checks has the first line of each page") {
  const std::string index = TemporaryFolder::read("docs/book/checks.md");
  for (const char* const folder : {"checks", "topics"}) {
    for (const auto& entry : fs::directory_iterator("docs/" + std::string(folder))) {
      const std::string name = entry.path().stem().string();
      const std::string page = TemporaryFolder::read(entry.path().string());
      const std::string title = page.substr(0, page.find('\n'));
      const std::string begin = "# " + name + ": ";
      REQUIRE(title.starts_with(begin));
      const std::string row = "| [" + name + "](../" + folder + '/' + name + ".md) | " +
                              title.substr(begin.size()) + " |\n";
      CAPTURE(row);
      CHECK(index.find(row) != std::string::npos);
    }
  }
}

}  // namespace reprise::tests
