#include <doctest/doctest.h>
#include <reprise/replay/json/json.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/escape.h>

#include <string>
#include <string_view>
#include <vector>

namespace reprise {
namespace {

using namespace std::string_view_literals;

std::string error_of(std::string_view text) { return parse_json(text).error(); }

TEST_CASE("json: fields keep their order and their kinds") {
  const Expected<JsonValue> json = parse_json(R"({"b": [1, -2, 1.5], "a": "x", "c": null})");
  REQUIRE(json.ok());
  CHECK(json.value().keys == std::vector<std::string>{"b", "a", "c"});
  const JsonValue* list = json.value().find("b");
  REQUIRE(list != nullptr);
  REQUIRE(list->items.size() == 3);
  CHECK(list->items[0].whole == 1);
  CHECK_FALSE(list->items[1].whole.has_value());
  CHECK(list->items[1].text == "-2");
  CHECK(list->items[2].text == "1.5");
  CHECK(json.value().find("a")->text == "x");
  CHECK(json.value().find("d") == nullptr);
}

TEST_CASE("json: what is no JSON is refused with its place") {
  CHECK(error_of("") == "line 1, column 1: there is no text");
  CHECK(error_of(" \n") == "line 1, column 1: there is no text");
  CHECK(error_of("hello") == "line 1, column 1: this is not JSON; did not expect \"h\"");
  CHECK(error_of("{\n  \"\xc3\xa9\": x\n}") ==
        "line 2, column 8: this is not JSON; did not expect \"x\"");
  CHECK(error_of("{} {}") == "line 1, column 4: this is not JSON; did not expect \"{\"");
  CHECK(error_of("{\"a\": 1,}") == "line 1, column 9: this is not JSON; did not expect \"}\"");
  CHECK(error_of("[1\n2]") == "line 2, column 1: this is not JSON; did not expect \"2\"");
  CHECK(error_of("\"a\nb\"") == "line 1, column 3: this is not JSON; did not expect \"\\n\"");
}

TEST_CASE("json: a text that was cut off is said to be") {
  CHECK(error_of("{\n \"a\"") ==
        "line 2, column 5: the text ends here, in the middle; it was cut off");
  CHECK(error_of("[tru") == "line 1, column 5: the text ends here, in the middle; it was cut off");
  CHECK(error_of("\"a\\u00") ==
        "line 1, column 7: the text ends here, in the middle; it was cut off");
  CHECK(error_of("[\"\xe2\x82") ==
        "line 1, column 4: the text ends here, in the middle; it was cut off");
}

TEST_CASE("json: bytes that are not UTF-8 and NUL characters are refused") {
  CHECK(error_of("{\n\"a\xff\": 1}") == "line 2, column 3: the byte 0xff is not UTF-8");
  CHECK(error_of("[\"\xed\xa0\x80\"]") == "line 1, column 3: the byte 0xed is not UTF-8");
  CHECK(error_of("[1\0]"sv) == "line 1, column 3: a NUL character, which no JSON text has");
  CHECK(error_of(R"({"a": ["x\u0000"]})") == "a[0]: a NUL character (\\u0000)");
  CHECK(error_of(R"({"a\u0000": 1})") == "a\\x00: a NUL character (\\u0000) in a field's name");
}

TEST_CASE("json: a field twice is refused") {
  CHECK(error_of(R"({"a": [{"b": 1, "c": 2, "b": 3}]})") == "a[0].b: this field is there twice");
}

TEST_CASE("json: depth and the number of fields have limits") {
  CHECK(parse_json(std::string(16, '[') + std::string(16, ']')).ok());
  CHECK(error_of(std::string(100'000, '[')).ends_with(": nested more than 16 deep"));
  std::string many = "{";
  for (int i = 0; i <= 1000; ++i) many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
  CHECK(error_of(many + "}") == "1000: more than 1000 fields in one object");
}

TEST_CASE("json: elements of a streamed list are handed over and not kept") {
  std::vector<std::string> seen;
  const JsonStream stream{"events", [&](std::size_t index, const JsonValue& value) {
                            seen.push_back(std::to_string(index) + value.text);
                          }};
  const Expected<JsonValue> json =
      parse_json(R"({"other": ["x"], "events": ["a", "b"], "deep": {"events": ["c"]}})", stream);
  REQUIRE(json.ok());
  CHECK(seen == std::vector<std::string>{"0a", "1b"});
  CHECK(json.value().find("events")->items.empty());
  CHECK(json.value().find("other")->items.size() == 1);
  CHECK(json.value().find("deep")->find("events")->items.size() == 1);
}

TEST_CASE("json: the writer lays out blocks and lines") {
  JsonWriter json;
  json.begin_object().field("n", std::uint64_t{1}).field("none", std::vector<std::string>{});
  json.key("rows").begin_list();
  json.begin_object(JsonWriter::Layout::line).field("id", "x").key("on").boolean(true);
  json.key("inner").begin_list().number(1).number(2).end().end();
  json.begin_object(JsonWriter::Layout::line).end();
  json.end().end();
  CHECK(std::move(json).written() ==
        "{\n"
        "  \"n\": 1,\n"
        "  \"none\": [],\n"
        "  \"rows\": [\n"
        "    {\"id\": \"x\", \"on\": true, \"inner\": [1, 2]},\n"
        "    {}\n"
        "  ]\n"
        "}\n");
}

TEST_CASE("json: every byte that is written can be read back") {
  std::string all;
  for (int byte = 1; byte < 128; ++byte) all += static_cast<char>(byte);
  all += "\xc3\xa9\xf0\x9f\x90\x9b";
  JsonWriter json;
  json.text(all);
  const Expected<JsonValue> read = parse_json(std::move(json).written());
  REQUIRE(read.ok());
  CHECK(read.value().text == all);
}

TEST_CASE("json: what JSON cannot hold is written as U+FFFD") {
  JsonWriter json;
  json.text("a\0b\xff"sv);
  CHECK(std::move(json).written() ==
        "\"a\xef\xbf\xbd"
        "b\xef\xbf\xbd\"\n");
}

TEST_CASE("printable: nothing reaches the terminal but text") {
  CHECK(escaped("\x1b[31mred\n\t\x7f\xff\xc2\x9b\xc3\xa9") ==
        "\\x1b[31mred\\n\\t\\x7f\\xff\\x9b\xc3\xa9");
  CHECK(in_quotes("abcdef", 3) == "\"abc...\"");
  CHECK(width_of("\xc3\xa9"
                 "a") == 2);
}

}  // namespace
}  // namespace reprise
