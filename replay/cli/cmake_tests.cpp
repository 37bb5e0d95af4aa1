#include <reprise/replay/cli/cmake_tests.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace reprise {

namespace {

// One command of a CMake file: its name, and its arguments without quotes.
struct CmakeCommand {
  std::string name;
  std::vector<std::string> arguments;
};

class CmakeReader {
 public:
  explicit CmakeReader(std::string_view text) : text_(text) {}

  std::vector<CmakeCommand> commands() && {
    std::vector<CmakeCommand> commands;
    std::string word;
    while (next(word)) {
      const std::string name = word;
      if (!next(word) || word != "(") continue;
      commands.push_back({name, {}});
      // Inner parentheses, as those of conditions, are of no interest here.
      while (next(word) && word != ")") commands.back().arguments.push_back(word);
    }
    return commands;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  // The next word, parenthesis or quoted text; false at the end.
  bool next(std::string& word) {
    word.clear();
    skip();
    if (at_ == text_.size()) return false;
    if (text_[at_] == '(' || text_[at_] == ')') {
      word = text_[at_++];
      return true;
    }
    if (text_[at_] == '"') return quoted(word);
    while (at_ < text_.size() && !is_space(text_[at_]) &&
           std::string_view("()#\"").find(text_[at_]) == std::string_view::npos) {
      word += text_[at_++];
    }
    return true;
  }

  bool quoted(std::string& word) {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      word += text_[at_];
    }
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }

  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (is_space(text_[at_])) {
        ++at_;
      } else {
        return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string without_root(std::string path) {
  for (const std::string_view root :
       {"${CMAKE_CURRENT_SOURCE_DIR}/", "${CMAKE_SOURCE_DIR}/", "${PROJECT_SOURCE_DIR}/", "./"}) {
    if (path.starts_with(root)) path.erase(0, root.size());
  }
  while (path.ends_with('/')) path.pop_back();
  return path;
}

std::string cmake_argument(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

// `reprise-traces` for `traces`.
std::string test_name(std::string_view folder) {
  std::string name = "reprise-";
  for (const char c : folder) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '.';
    name += is_plain ? c : '-';
  }
  return name;
}

bool has_testing(const std::vector<CmakeCommand>& commands) {
  return std::ranges::any_of(commands, [](const CmakeCommand& command) {
    if (command.name == "enable_testing") return true;
    return command.name == "include" && !command.arguments.empty() &&
           command.arguments.front() == "CTest";
  });
}

}  // namespace

std::string harness_target(std::string_view cmake) {
  for (const CmakeCommand& command : CmakeReader(cmake).commands()) {
    if (command.name != "target_link_libraries" || command.arguments.empty()) continue;
    if (std::ranges::find(command.arguments, "reprise::main") == command.arguments.end()) continue;
    return command.arguments.front();
  }
  return {};
}

bool has_replay_test(std::string_view cmake, std::string_view folder) {
  for (const CmakeCommand& command : CmakeReader(cmake).commands()) {
    if (command.name != "add_test") continue;
    const auto at = std::ranges::find(command.arguments, "replay");
    const bool is_folder =
        std::any_of(at, command.arguments.end(),
                    [&](const std::string& argument) { return without_root(argument) == folder; });
    if (is_folder) return true;
  }
  return false;
}

std::string replay_test(std::string_view cmake, std::string_view target, std::string_view folder) {
  std::string text = cmake.empty() || cmake.ends_with('\n') ? "" : "\n";
  text += "\n# Bugs that were found once.\n";
  if (!has_testing(CmakeReader(cmake).commands())) text += "enable_testing()\n";
  return text + fmt::format(
                    "add_test(NAME {} COMMAND {} replay {}\n"
                    "  WORKING_DIRECTORY \"${{CMAKE_CURRENT_SOURCE_DIR}}\")\n",
                    test_name(folder), target, cmake_argument(folder));
}

}  // namespace reprise
