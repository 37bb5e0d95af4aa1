#include <doctest/doctest.h>
#include <reprise/replay/report/source_excerpt.h>

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

std::string excerpts(const std::vector<ShownLocation>& places) {
  return source_excerpts(places, TerminalStyle(false));
}

constexpr const char* excerpt_source =
    "int first() {\n"
    "  a += 1; b += 1;\n"
    "  return a;\n"
    "}\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "\n"
    "int second() {\n"
    "\tRETURN_IF_IO(load(\"\u65e5\", a,\r\n"
    "    b));\n"
    "}\n";

struct File {
  tests::TemporaryFolder folder;
  std::string path = folder.write("x.cpp", excerpt_source);
};

TEST_CASE("source excerpt: a column begins the mark and a function is named") {
  const File file;
  CHECK(excerpts({{file.path, 2, "twice", 11, "first()"}}) ==
        "  --> " + file.path + ":2:11 in first()\n" + R"(   |
 1 | int first() {
 2 |   a += 1; b += 1;
   |           ^^^^^^ twice
 3 |   return a;
 4 | }
)");
}

TEST_CASE("source excerpt: one file under two names is shown once") {
  const File file;
  const std::string other = file.folder / "./x.cpp";
  const std::string text = excerpts({{file.path, 2, "one", 3, ""}, {other, 3, "two"}});
  CHECK(text.find("-->") == text.rfind("-->"));
  CHECK(text.find("two") != std::string::npos);
}

TEST_CASE("source excerpt: two places on one line show both notes") {
  const File file;
  CHECK(excerpts({{file.path, 2, "one", 11, ""}, {file.path, 2, "two", 3, ""}}) ==
        "  --> " + file.path + ":2:11\n" + R"(   |
 1 | int first() {
 2 |   a += 1; b += 1;
   |           ^^^^^^ one
   |   ------ two
 3 |   return a;
 4 | }
)");
}

TEST_CASE("source excerpt: places in two functions name both") {
  const File file;
  CHECK(excerpts(
            {{file.path, 2, "changed", 3, "first()"}, {file.path, 11, "yielded", 2, "second()"}}) ==
        "   --> " + file.path + ":2:3 in first()\n" + R"(    |
  1 | int first() {
  2 |   a += 1; b += 1;
    |   ^^^^^^ changed
  3 |   return a;
  4 | }
... in second()
  9 |
 10 | int second() {
 11 |   RETURN_IF_IO(load("日", a,
    |   -------------------------- yielded
 12 |     b));
 13 | }
)");
}

TEST_CASE("source excerpt: places far apart in one long line each show their part") {
  const tests::TemporaryFolder folder;
  const std::string code = "a = 1; " + std::string(400, 'x') + "; b = 2;";
  const std::string path = folder.write("long.cpp", code);
  const std::string text = excerpts({{path, 1, "one", 1, ""}, {path, 1, "two", 410, ""}});
  CHECK(text.find("\n 1 | a = 1; xxx") != std::string::npos);
  CHECK(text.find("\n   | ^^^^^ one\n 1 | ...xxx") != std::string::npos);
  CHECK(text.find("x; b = 2;\n   | " + std::string(43, ' ') + "----- two\n") != std::string::npos);
}

TEST_CASE("source excerpt: a file that is not there leaves one line a place") {
  CHECK(excerpts({{"none.cpp", 3, "here", 7, "f()"}, {"gone.cpp", 4, "", 0, ""}}) ==
        "  --> none.cpp:3:7 in f(): here\n  --> gone.cpp:4\n");
}

}  // namespace
}  // namespace reprise
