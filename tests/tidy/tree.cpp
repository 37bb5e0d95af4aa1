#include "tests/tidy/tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string_view>

namespace reprise::tests {

namespace {

// What users include, and nobody of ours needs to.
constexpr std::array<std::string_view, 5> front_doors{
    "reprise.h", "core/callback_io.h", "core/adapter.h", "replay/fuzz.h", "core/core.h"};

bool is_ours(std::string_view path) {
  return path.starts_with("core/") || path.starts_with("sim/") || path.starts_with("replay/");
}

bool is_in(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The name of the function or object whose definition begins at `at`.
std::string_view name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() &&
         (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
    ++end;
  }
  return text.substr(at, end - at);
}

class Tree {
 public:
  explicit Tree(const std::map<std::string, std::string>& files) : files_(files) {}

  std::vector<std::string> run() && {
    check_dead_headers();
    check_empty_files();
    check_listed("sim/check/", "std::unique_ptr<Check> ", "sim/check/list.cpp");
    check_listed("replay/cli/command/", "const Command ", "replay/cli/commands.cpp");
    check_what_checks_need();
    return std::move(sentences_);
  }

 private:
  void check_dead_headers() {
    std::set<std::string, std::less<>> included;
    for (const auto& [path, text] : files_) {
      constexpr std::string_view include = "#include <reprise/";
      for (std::size_t at = text.find(include); at != std::string::npos;
           at = text.find(include, at + 1)) {
        const std::size_t begin = at + include.size();
        const std::string header = text.substr(begin, text.find('>', begin) - begin);
        // A source's own header keeps nothing alive, and tests do not either.
        const bool is_own = path.substr(0, path.rfind('.')) == header.substr(0, header.rfind('.'));
        if (!is_own && !path.starts_with("tests/")) included.insert(header);
      }
    }
    for (const auto& [path, text] : files_) {
      const bool is_front = std::ranges::count(front_doors, path) != 0;
      if (!is_ours(path) || !path.ends_with(".h") || is_front || included.contains(path)) continue;
      sentences_.push_back(path + ": nothing includes it; delete it, or say who needs it");
    }
  }

  void check_empty_files() {
    for (const auto& [path, text] : files_) {
      if (text.empty()) sentences_.push_back(path + ": an empty file; delete it");
    }
  }

  // Whatever files of `folder` define behind `definition` is named in `list`.
  void check_listed(std::string_view folder, std::string_view definition, const std::string& list) {
    const auto listed = files_.find(list);
    if (listed == files_.end()) return;
    for (const auto& [path, text] : files_) {
      if (!path.starts_with(folder) || !path.ends_with(".cpp") || path == list) continue;
      std::size_t at = text.find("\n" + std::string(definition));
      for (; at != std::string::npos; at = text.find("\n" + std::string(definition), at + 1)) {
        const std::string_view name = name_at(text, at + 1 + definition.size());
        if (is_in(listed->second, name)) continue;
        sentences_.push_back(path + ": " + std::string(name) + " is not listed in " + list);
      }
    }
  }

  // A check has a name in the list, a page, a golden report, and a test: of its file or, where it
  // needs a program with the store watch, among the cases.
  void check_what_checks_need() {
    for (const auto& [path, text] : files_) {
      constexpr std::string_view folder = "sim/check/";
      if (!path.starts_with(folder) || !path.ends_with(".cpp")) continue;
      const std::string stem = path.substr(folder.size(), path.rfind('.') - folder.size());
      for (const std::string& name : checks_of(text)) {
        const auto need = [&](bool is_there, const std::string& what) {
          if (!is_there) sentences_.push_back(path + ": " + name + " needs " + what);
        };
        need(any_holds("sim/check_names.h", " = \"" + name + "\";"),
             "its name in sim/check_names.h and in check_names() of sim/check/list.cpp");
        need(any_holds("docs/checks/" + name + ".md", "# " + name + ": "),
             "a page, docs/checks/" + name + ".md");
        need(files_.contains("tests/sim/check/" + stem + "_test.cpp") ||
                 any_holds("tests/cases/", "// Expect: " + name + ": "),
             "tests/sim/check/" + stem + "_test.cpp, or a case in tests/cases/ that expects it");
        need(any_holds("tests/replay/golden/", "error[" + name + "]: ") ||
                 any_holds("tests/replay/golden/", "note[" + name + "]: "),
             "a report in tests/replay/golden/");
      }
    }
  }

  // The names under which a source of a check finds something.
  static std::set<std::string> checks_of(std::string_view text) {
    std::set<std::string> names;
    for (const std::string_view before :
         {"name() const override { return check_name::", "finding.check = check_name::"}) {
      for (std::size_t at = text.find(before); at != std::string_view::npos;
           at = text.find(before, at + 1)) {
        std::string name(name_at(text, at + before.size()));
        std::ranges::replace(name, '_', '-');
        names.insert(std::move(name));
      }
    }
    return names;
  }

  // Whether a file whose path begins so holds `part`.
  bool any_holds(std::string_view begin, std::string_view part) const {
    return std::ranges::any_of(files_, [&](const auto& file) {
      return std::string_view(file.first).starts_with(begin) && is_in(file.second, part);
    });
  }

  const std::map<std::string, std::string>& files_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::vector<std::string> tidy_tree(const std::map<std::string, std::string>& files) {
  return Tree(files).run();
}

}  // namespace reprise::tests
