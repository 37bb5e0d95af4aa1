#include "tests/tidy/tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <sstream>
#include <string_view>
#include <vector>

namespace reprise::tests {

namespace {

// What users include, and nobody of ours needs to.
constexpr std::array<std::string_view, 10> front_doors{"reprise.h",
                                                       "sqlite_vfs.h",
                                                       "core/callback_io.h",
                                                       "core/adapter.h",
                                                       "replay/fuzz.h",
                                                       "core/core.h",
                                                       "core/back_end/posix.h",
                                                       "core/back_end/uring.h",
                                                       "core/back_end/loop.h",
                                                       "replay/input_fuzzer.h"};

bool is_ours(std::string_view path) {
  return path.starts_with("core/") || path.starts_with("sim/") || path.starts_with("engines/") ||
         path.starts_with("replay/");
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
    check_class_names();
    check_listed("replay/cli/command/", "const Command ", "replay/cli/commands.cpp");
    check_what_checks_need();
    check_circles();
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

  // Two classes of one name would share their functions in a program that links both. A class's
  // full name has the namespace that was opened last before it.
  void check_class_names() {
    std::map<std::string, std::string> where;
    for (const auto& [path, text] : files_) {
      if (!is_ours(path) || !path.ends_with(".h")) continue;
      std::string space;
      std::istringstream lines(text);
      for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("namespace ") && line.ends_with(" {")) space = line;
        if (!line.ends_with("{") && !line.ends_with("{};")) continue;
        for (const std::string_view word : {"class ", "struct "}) {
          if (!line.starts_with(word)) continue;
          const std::string name(name_at(line, word.size()));
          const bool is_part = line[word.size() + name.size()] != ' ';  // a specialization
          const auto [known, is_new] = where.emplace(space + name, path);
          if (is_part || is_new || line.find(" alignas") != std::string::npos) continue;
          sentences_.push_back(path + ": " + name + " is a class of " + known->second + ", too");
        }
      }
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

  // A check has its line in the list, which gives its name, a page, a golden report, and a test: of
  // its file or, where it needs a program with the store watch, among the cases.
  void check_what_checks_need() {
    const auto list = files_.find("sim/check_names.h");
    if (list == files_.end()) return;
    for (const auto& [path, text] : files_) {
      constexpr std::string_view folder = "sim/check/";
      if (!path.starts_with(folder) || !path.ends_with(".cpp")) continue;
      const std::string stem = path.substr(folder.size(), path.rfind('.') - folder.size());
      for (const std::string_view unit : units_of(text)) {
        const auto need = [&](bool is_there, const std::string& what) {
          if (!is_there) sentences_.push_back(path + ": " + std::string(unit) + " needs " + what);
        };
        const std::string name = name_in(list->second, unit);
        need(!name.empty(), "its line in sim/check_names.h");
        if (name.empty()) continue;
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

  // The units under whose names a source of a check finds something.
  static std::set<std::string_view> units_of(std::string_view text) {
    std::set<std::string_view> units;
    for (const std::string_view before :
         {"(run, check_name::", "std::unique_ptr<Check> make_", "finding.check = check_name::"}) {
      for (std::size_t at = text.find(before); at != std::string_view::npos;
           at = text.find(before, at + 1)) {
        const std::string_view unit = name_at(text, at + before.size());
        if (!unit.empty()) units.insert(unit);
      }
    }
    return units;
  }

  // The name that the list gives a unit: X(held_mutex, "held-mutex"). Empty if it has none.
  static std::string name_in(std::string_view list, std::string_view unit) {
    const std::string line = "X(" + std::string(unit) + ", \"";
    const std::size_t at = list.find(line);
    if (at == std::string_view::npos) return "";
    const std::size_t begin = at + line.size();
    return std::string(list.substr(begin, list.find('"', begin) - begin));
  }

  // A header and its source are one unit. Units that include each other, if not directly, can only
  // be understood together.
  void check_circles() {
    std::map<std::string, std::set<std::string>> included;
    for (const auto& [path, text] : files_) {
      if (!path.starts_with("sim/")) continue;
      std::set<std::string>& of_unit = included[path.substr(0, path.rfind('.'))];
      constexpr std::string_view include = "#include <reprise/sim/";
      for (std::size_t at = text.find(include); at != std::string::npos;
           at = text.find(include, at + 1)) {
        const std::size_t begin = at + include.size();
        of_unit.insert("sim/" + text.substr(begin, text.find(".h>", begin) - begin));
      }
    }
    std::set<std::string> told;
    for (const auto& [unit, direct] : included) {
      std::string circle;
      std::size_t size = 0;
      for (const std::string& other : reached_from(unit, included)) {
        if (told.contains(unit) || !reached_from(other, included).contains(unit)) continue;
        told.insert(other);
        circle += (circle.empty() ? "" : ", ") + other;
        ++size;
      }
      constexpr std::size_t circle_max = 3;
      if (size > circle_max) {
        sentences_.push_back(circle + ": a circle of " + std::to_string(size) +
                             " units; move what some of them share down");
      }
    }
  }

  static std::set<std::string> reached_from(
      const std::string& unit, const std::map<std::string, std::set<std::string>>& included) {
    std::set<std::string> reached;
    std::vector<std::string> open{unit};
    while (!open.empty()) {
      const auto at = included.find(open.back());
      open.pop_back();
      if (at == included.end()) continue;
      for (const std::string& next : at->second) {
        if (reached.insert(next).second) open.push_back(next);
      }
    }
    return reached;
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
