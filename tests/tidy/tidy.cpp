#include "tests/tidy/tidy.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <utility>

#include "tests/tidy/banned_words.h"
#include "tests/tidy/former_words.h"
#include "tests/tidy/functions.h"
#include "tests/tidy/paths.h"
#include "tests/tidy/rooms.h"
#include "tests/tidy/source_text.h"

namespace reprise::tests {
namespace {

constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 70;
// A header with more comment says in many words what its names should say. Smaller ones may.
constexpr std::size_t comment_percent_max = 45;
constexpr std::size_t commented_lines_min = 20;

class Tidier {
 public:
  Tidier(std::string_view path, std::string_view text) : path_(path), source_(text) {}

  std::vector<Complaint> run() && {
    check_header();
    check_comment_share();
    check_own_header();
    check_size();
    for (std::size_t i = 0; i < source_.lines.size(); ++i) {
      check_escape(i);
      check_include(i);
      check_words(i);
      check_former_words(i);
      check_pointer_keys(i);
      check_test_name(i);
    }
    check_functions();
    std::ranges::stable_sort(complaints_, {}, &Complaint::line);
    return std::move(complaints_);
  }

 private:
  void complain(std::size_t index, std::string sentence) {
    const bool has_line = index < source_.lines.size();
    if (has_line && source_.lines[index].find("// tidy-ok: ") != std::string::npos) return;
    complaints_.push_back({static_cast<int>(index + 1), std::move(sentence)});
  }

  void check_header() {
    if (!is_header(path_)) return;
    if (source_.lines.empty() || !source_.lines.front().starts_with("// ")) {
      complain(0, "a header begins with a comment: what it is for, and how to extend it");
    }
    if (std::ranges::count(source_.lines, "#pragma once") != 1) {
      complain(0, "a header has `#pragma once`, exactly one");
    }
  }

  void check_comment_share() {
    const std::size_t lines = source_.lines.size();
    if (!is_header(path_) || is_test(path_) || lines < commented_lines_min) return;
    std::size_t comments = 0;
    for (std::size_t i = 0; i < lines; ++i) {
      const bool has_code = !trim(source_.code[i]).empty();
      if (!has_code && !trim(source_.lines[i]).empty()) ++comments;
    }
    if (comments * 100 <= lines * comment_percent_max) return;
    complain(0, std::to_string(comments) + " of the header's " + std::to_string(lines) +
                    " lines are comments; more than " + std::to_string(comment_percent_max) +
                    " % hide what they explain: say it in names, or shorter");
  }

  // So that each header is compiled alone at least once: by its own source.
  void check_own_header() {
    if (!is_ours(path_) || is_header(path_)) return;
    const std::string stem(path_.substr(0, path_.rfind('.')));
    const std::string own = "#include <reprise/" + stem + ".h>";
    bool is_first = true;
    for (std::size_t i = 0; i < source_.lines.size(); ++i) {
      if (!source_.lines[i].starts_with("#include")) continue;
      if (source_.lines[i] == own && !is_first)
        complain(i, "a source includes its own header first");
      is_first = false;
    }
  }

  void check_size() {
    if (source_.lines.size() <= file_lines_max) return;
    complain(file_lines_max, "the file has " + std::to_string(source_.lines.size()) +
                                 " lines; more than " + std::to_string(file_lines_max) +
                                 " hold more than one noun: split it");
  }

  void check_escape(std::size_t index) {
    const std::string_view line = source_.lines[index];
    const std::size_t at = line.find("// tidy-ok");
    if (at == std::string_view::npos || source_.code[index].find_last_not_of(' ') > at) return;
    if (trim(line.substr(at)).size() < std::string_view("// tidy-ok: why").size()) {
      complain(index, "an escape says why: `// tidy-ok: reason`");
    }
  }

  void check_include(std::size_t index) {
    if (!trim(source_.code[index]).starts_with("#include")) return;
    const std::string_view line = source_.lines[index];
    const std::size_t open = line.find_first_of("<\"");
    if (open == std::string_view::npos) return;
    const bool is_quoted = line[open] == '"';
    const std::size_t close = line.find_first_of(">\"", open + 1);
    check_direction(index, line.substr(open + 1, close - open - 1), is_quoted);
    check_third_party(index, line.substr(open + 1, close - open - 1));
  }

  void check_direction(std::size_t index, std::string_view included, bool is_quoted) {
    const std::string_view from = folder_of(path_);
    std::string target(included);
    if (is_quoted) {
      if (starts_with_any(included, {"core/", "sim/", "engines/", "replay/", "reprise"})) {
        complain(index, "write <reprise/" + target + ">, so that no user's folder can collide");
      }
      const bool from_root =
          starts_with_any(included, {"core/", "sim/", "engines/", "replay/", "scenarios/",
                                     "examples/", "tests/", "reprise.h"});
      if (!from_root) {
        target = (std::filesystem::path(path_).parent_path() / target).lexically_normal().string();
      }
    } else if (included.starts_with("reprise/")) {
      target = included.substr(std::string_view("reprise/").size());
    } else {
      return;
    }
    const std::string_view to = folder_of(target);
    if (const std::string wrong = wrong_room_order(path_, target); !wrong.empty()) {
      return complain(index, wrong);
    }
    if (from == "tests" || from == to || (from.empty() && to != "tests")) return;
    if (to == "tests") return complain(index, "nothing includes what is in tests/");
    if (to == "examples") return complain(index, "nothing includes what is in examples/");
    if (from == "examples") return;  // a user's code: all that is public is for it
    if (target == "reprise.h") {
      if (from == "scenarios") return;
      return complain(index,
                      "<reprise/reprise.h> is for scenarios; include the one header you use");
    }
    if (from == "scenarios" && (to == "core" || to == "sim" || to == "engines")) return;
    if (from == "engines" && (to == "core" || to == "sim")) return;
    if (from == "sim" && to == "core") return;
    if (from == "replay" && (to == "core" || to == "sim")) return;
    if (from == "replay" && to == "scenarios") {
      return complain(index, "replay never includes scenarios; the registry in sim joins them");
    }
    if (from == "scenarios" && to == "replay") {
      return complain(index, "scenarios never include replay; the registry in sim joins them");
    }
    complain(index,
             std::string(from) + " may not include " + std::string(to) +
                 "; the direction is core <- sim <- replay and core, sim <- engines <- scenarios");
  }

  void check_third_party(std::size_t index, std::string_view included) {
    const std::string name(included);
    if (included.starts_with("boost/context") && path_ != "sim/world/fiber.cpp") {
      complain(index, "only sim/world/fiber.cpp knows Boost.Context; use Fiber");
    }
    if (included.starts_with("nlohmann/") && !starts_with_any(path_, {"replay/", "tests/"})) {
      complain(index, "only replay knows JSON; hand it values and let it write them");
    }
    if (included.starts_with("CLI/") && !is_command_line(path_)) {
      complain(index, "only the command line's files know CLI11; pass a struct of options");
    }
    if (included.starts_with("doctest/") && !is_test(path_) && !is_example(path_)) {
      complain(index, "only tests include doctest; report a finding or use REPRISE_ASSERT");
    }
    const bool is_public = is_header(path_) && (is_ours(path_) || folder_of(path_).empty());
    if (is_public && starts_with_any(included, {"boost/", "nlohmann/", "CLI/", "doctest/", "fmt/",
                                                "xxhash", "valijson/"})) {
      complain(index, "a public header includes no <" + name + ">; hide it in the .cpp");
    }
  }

  void check_words(std::size_t index) {
    for (std::string& sentence : banned_words(path_, source_.code[index])) {
      complain(index, std::move(sentence));
    }
  }

  void check_former_words(std::size_t index) {
    if (!is_ours(path_)) return;
    for (std::string& sentence : former_words(source_.lines[index], source_.code[index])) {
      complain(index, std::move(sentence));
    }
  }

  // std::map<Node*, ...>: addresses differ from run to run, and so would the order.
  void check_pointer_keys(std::size_t index) {
    const std::string_view code = source_.code[index];
    for (const std::string_view container :
         {"std::map<", "std::set<", "std::multimap<", "std::multiset<", "std::less<"}) {
      const std::size_t at = code.find(container);
      if (at == std::string_view::npos) continue;
      const std::string_view key = code.substr(at + container.size());
      std::size_t end = 0;
      for (int depth = 0; end < key.size(); ++end) {
        if (depth == 0 && (key[end] == ',' || key[end] == '>')) break;
        depth += key[end] == '<' ? 1 : key[end] == '>' ? -1 : 0;
      }
      if (trim(key.substr(0, end)).ends_with('*')) {
        complain(index, "a pointer as key orders by address; use an id or a sequence number");
      }
    }
  }

  void check_test_name(std::size_t index) {
    if (is_example(path_) || !trim(source_.code[index]).starts_with("TEST_CASE(")) return;
    const std::string_view line = source_.lines[index];
    const std::size_t open = line.find('"');
    const std::size_t close = line.rfind('"');
    if (open == std::string_view::npos || open == close) return;
    const std::string_view name = line.substr(open + 1, close - open - 1);
    if (name.find(": ") == std::string_view::npos) {
      complain(index, "a test is named \"<unit>: <behaviour in a sentence>\"");
    }
    if (name.find_first_of(",;\\") != std::string_view::npos) {
      complain(index, "a test's name has no comma, semicolon or backslash: ctest loses them");
    }
  }

  void check_functions() {
    for (const FunctionLines& function : functions_of(source_)) {
      if (function.count() <= function_lines_max) continue;
      complain(function.first, "a function of " + std::to_string(function.count()) +
                                   " lines; more than " + std::to_string(function_lines_max) +
                                   " do more than one thing: split it");
    }
  }

  std::string_view path_;
  SourceText source_;
  std::vector<Complaint> complaints_;
};

}  // namespace

std::vector<Complaint> tidy(std::string_view path, std::string_view text) {
  return Tidier(path, text).run();
}

}  // namespace reprise::tests
