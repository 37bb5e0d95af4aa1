#include <doctest/doctest.h>
#include <reprise/replay/report/source_line.h>
#include <reprise/replay/text/escape.h>

#include <string>
#include <string_view>

namespace reprise {
namespace {

// What of `code` a place at the first `from` is about.
std::string part(std::string_view code, std::string_view from) {
  const int column = from.empty() ? 0 : static_cast<int>(code.find(from)) + 1;
  const SourceSpan span = span_at(code, column);
  return std::string(code.substr(span.begin, span.end - span.begin));
}

// The line and, below it, its underline.
std::string underlined(std::string_view code, const SourceSpan& span) {
  const SourceLine line(code);
  const SourceLine::Window window = line.window_for(span);
  const SourceLine::Underline mark = line.underline(window, span);
  return line.text(window) + '\n' + std::string(mark.indent, ' ') + std::string(mark.width, '^');
}

TEST_CASE("source line: without a column all but indentation and comment is meant") {
  CHECK(part("    value += 1;  // why", "") == "value += 1;");
  CHECK(part("\treturn x;  \r", "") == "return x;");
  CHECK(part("  print(\"//\");", "") == "print(\"//\");");
  CHECK(part("  // only this", "") == "// only this");
  CHECK(part("", "") == "");
  CHECK(part("   ", "") == " ");
}

TEST_CASE("source line: from a column to the end of the statement or the expression") {
  CHECK(part("  value += 1; other = 2;  // why", "value") == "value += 1");
  CHECK(part("  value += 1; other = 2;  // why", "other") == "other = 2");
  CHECK(part("  call(first(a, b), second[c, d], third);", "first") == "first(a, b)");
  CHECK(part("  call(first(a, b), second[c, d], third);", "second") == "second[c, d]");
  CHECK(part("  call(first(a, b), second[c, d], third);", "third") == "third");
  CHECK(part("  if (left > right) {", "left") == "left > right");
  CHECK(part("  if (go()) {", "if") == "if (go())");
  CHECK(part("  log(\"a;b,c)\", d);", "log") == "log(\"a;b,c)\", d)");
  CHECK(part("  put(';', 1'000, x);", "put") == "put(';', 1'000, x)");
}

TEST_CASE("source line: of a statement of several lines the first is meant") {
  CHECK(part("  values.push_back(make(a,  // first", "values") == "values.push_back(make(a,");
  CHECK(part("  total =", "total") == "total =");
}

TEST_CASE("source line: a place at the end of a statement is about the statement") {
  CHECK(part("  pending = wal.pread(0, page);", ";") == "pending = wal.pread(0, page)");
  CHECK(part("  if (!pending) pending = wal.pread(0, page);  // read", ";") ==
        "pending = wal.pread(0, page)");
  CHECK(part("  if (a(b) && c) while (d) e = f;", ";") == "e = f");
  CHECK(part("  } else x = 1;", ";") == "x = 1");
  CHECK(part("  case State::read: done = {};", ";") == "done = {}");
  CHECK(part("  iffy = 1;", ";") == "iffy = 1");
  CHECK(part("  ;", ";") == ";");
  CHECK(part("  limit = is_small ? 1 : 2;", ";") == "limit = is_small ? 1 : 2");
  CHECK(part("  throw Error(\"none\");", ")") == "throw Error(\"none\")");
  CHECK(part("  call(first, second(third), fourth);", "), f") == "second(third)");
  CHECK(part("  run([&] { return go(x); });", "});") == "return go(x)");
}

TEST_CASE("source line: an operator is shown with its left operand") {
  CHECK(part("  value += 1;", "+=") == "value += 1");
  CHECK(part("  a = 1; at(i).count++;", "++") == "at(i).count++");
  CHECK(part("  call(a, b = 2);", "=") == "b = 2");
  CHECK(part("  if (x == y) z = 1;", "==") == "x == y");
  CHECK(part("  if (x == y) z = 1;", "= 1") == "z = 1");
  CHECK(part("  return a + b;", "+") == "a + b");
  CHECK(part("  case State::one: n -= 2;", "-=") == "n -= 2");
  CHECK(part("  *at = 1;", "*") == "*at = 1");
}

TEST_CASE("source line: a column that is not there means the line") {
  CHECK(span_at("  x;", 99).begin == 2);
  CHECK(span_at("  x;", 99).end == 4);
  CHECK(span_at("  x;", 1).begin == 2);
  CHECK(span_at("  x;  // y", 8).end == 4);
}

TEST_CASE("source line: tabs and wide and combining characters keep marks in place") {
  CHECK(underlined("\t\tx = 1;", span_at("\t\tx = 1;", 3)) == "    x = 1;\n    ^^^^^");
  const std::string wide = "f(\"\u65e5\u672c\u8a9e\", x);";
  CHECK(underlined(wide, span_at(wide, static_cast<int>(wide.find('x')) + 1)) ==
        wide + "\n            ^");
  const std::string combining = "e\u0301 = x;";
  CHECK(underlined(combining, span_at(combining, 7)) == combining + "\n    ^");
  CHECK(underlined("a = b;\r", span_at("a = b;\r", 1)) == "a = b;\n^^^^^");
  CHECK(underlined("a\x1b\x1b;", span_at("a\x1b\x1b;", 1)) == "a\\x1b\\x1b;\n^^^^^^^^^");
}

TEST_CASE("source line: of a line that is too long the part around the place is shown") {
  const std::string before(300, 'a');
  const std::string code = before + " = here(); " + std::string(300, 'b') + ';';
  const std::string shown = underlined(code, span_at(code, 304));
  CHECK(shown.starts_with("..." + std::string(37, 'a') + " = here(); b"));
  CHECK(shown.ends_with("b...\n" + std::string(43, ' ') + "^^^^^^"));
  CHECK(shown.find('\n') == 126);
  const std::string long_statement = "x = " + std::string(300, 'y') + ';';
  const std::string cut = underlined(long_statement, span_at(long_statement, 1));
  CHECK(cut == "x = " + std::string(116, 'y') + "...\n" + std::string(120, '^'));
}

TEST_CASE("printable: columns are those of a terminal") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("\u00e4\u00df") == 2);
  CHECK(columns_of("\u65e5\u672c") == 4);
  CHECK(columns_of("e\u0301") == 1);
  CHECK(columns_of("\U0001F600") == 2);
  CHECK(columns_of("\uff21\uac00\u3042") == 6);
  CHECK(columns_of("") == 0);
}

}  // namespace
}  // namespace reprise
