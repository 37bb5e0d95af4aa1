#include "tests/tidy/tidy.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <utility>

#include "tests/tidy/rooms.h"
#include "tests/tidy/source_text.h"

namespace reprise::tests {
namespace {

constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 70;

// --- Where a file stands ---

bool starts_with_any(std::string_view path, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return path.starts_with(p); });
}

// `core` of `core/io.h`; empty for a file in the root.
std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_header(std::string_view path) { return path.ends_with(".h"); }
bool is_test(std::string_view path) { return folder_of(path) == "tests"; }
bool is_example(std::string_view path) { return folder_of(path) == "examples"; }
bool is_core_or_sim(std::string_view path) { return starts_with_any(path, {"core/", "sim/"}); }
bool is_ours(std::string_view path) { return starts_with_any(path, {"core/", "sim/", "replay/"}); }
bool is_command_line(std::string_view path) { return path.starts_with("replay/cli/"); }
bool is_process_file(std::string_view path) {
  return is_command_line(path) || path.starts_with("replay/worker/");
}

// What takes the place of the C library's clocks, random numbers and threads.
bool is_surface(std::string_view path) { return path.starts_with("sim/surface/"); }
bool is_real_back_end(std::string_view path) {
  return starts_with_any(path, {"core/posix", "core/io_uring", "core/real"});
}

// --- Words that are banned somewhere ---

// A pattern is a qualified name, with `*` at either end for "any more letters", or a call, `fork(`.
struct BannedWord {
  std::string_view pattern;
  bool (*is_banned_in)(std::string_view path);
  std::string_view sentence;
};

bool everywhere(std::string_view) { return true; }
bool outside_command_line(std::string_view path) {
  return !is_test(path) && !is_command_line(path);
}
bool outside_surfaces(std::string_view path) { return !is_surface(path); }
bool outside_processes(std::string_view path) {
  return !is_test(path) && !is_process_file(path) && !is_surface(path);
}
bool outside_clock_users(std::string_view path) {
  return !is_test(path) && !is_process_file(path) && !is_real_back_end(path) && !is_surface(path);
}
bool in_our_libraries(std::string_view path) { return is_ours(path) && !is_command_line(path); }

constexpr std::string_view use_ordered =
    "iterates in an order of the library's own; use a sorted vector, std::map or a FlatMap";
constexpr std::string_view use_digest =
    "differs between libraries; use Digest or the specified hash of core/digest.h";
constexpr std::string_view use_rng =
    "differs between libraries and seeds; draw with the project's Rng, or ask the strategy";
constexpr std::string_view use_integers =
    "rounds differently between compilers; use integers, a ratio as numerator and denominator";
constexpr std::string_view use_virtual_time =
    "reads the machine's clock; use the world's clock (Instant, Duration), or measure in the "
    "command line's files";
constexpr std::string_view use_tasks =
    "brings a thread into a run; use a task of the world, or a worker process of the command line";
constexpr std::string_view use_fmt =
    "depends on the machine's locale; format with fmt or std::to_chars";
constexpr std::string_view use_options =
    "reads the environment below the command line; pass an option down instead";
constexpr std::string_view use_workers =
    "handles processes outside replay/worker/ and the program, replay/cli/; move it there";
constexpr std::string_view use_values =
    "throws; return an error as a value, report a finding, or use REPRISE_ASSERT";

constexpr std::array banned_words{
    BannedWord{"std::unordered_*", everywhere, use_ordered},
    BannedWord{"std::hash", everywhere, use_digest},
    BannedWord{"std::*_distribution", everywhere, use_rng},
    BannedWord{"std::shuffle", everywhere, use_rng},
    BannedWord{"std::ranges::shuffle", everywhere, use_rng},
    BannedWord{"std::sample", everywhere, use_rng},
    BannedWord{"std::ranges::sample", everywhere, use_rng},
    BannedWord{"std::random_device", outside_command_line, use_rng},
    BannedWord{"std::mt19937*", everywhere, use_rng},
    BannedWord{"std::default_random_engine", everywhere, use_rng},
    BannedWord{"rand(", outside_surfaces, use_rng},
    BannedWord{"srand(", outside_surfaces, use_rng},
    BannedWord{"float", is_core_or_sim, use_integers},
    BannedWord{"double", is_core_or_sim, use_integers},
    BannedWord{"system_clock", outside_clock_users, use_virtual_time},
    BannedWord{"steady_clock", outside_clock_users, use_virtual_time},
    BannedWord{"high_resolution_clock", outside_clock_users, use_virtual_time},
    BannedWord{"clock_gettime(", outside_clock_users, use_virtual_time},
    BannedWord{"gettimeofday(", outside_clock_users, use_virtual_time},
    BannedWord{"time(", outside_clock_users, use_virtual_time},
    BannedWord{"localtime*", outside_clock_users, use_virtual_time},
    BannedWord{"__DATE__", everywhere, use_virtual_time},
    BannedWord{"__TIME__", everywhere, use_virtual_time},
    BannedWord{"std::thread", outside_clock_users, use_tasks},
    BannedWord{"std::jthread", outside_clock_users, use_tasks},
    BannedWord{"std::async", outside_clock_users, use_tasks},
    BannedWord{"std::mutex", outside_clock_users, use_tasks},
    BannedWord{"std::condition_variable*", outside_clock_users, use_tasks},
    BannedWord{"std::this_thread*", outside_clock_users, use_tasks},
    BannedWord{"pthread_*", outside_clock_users, use_tasks},
    BannedWord{"std::locale", everywhere, use_fmt},
    BannedWord{"setlocale(", everywhere, use_fmt},
    BannedWord{"getenv(", outside_processes, use_options},
    BannedWord{"secure_getenv(", outside_processes, use_options},
    BannedWord{"setenv(", outside_processes, use_options},
    BannedWord{"environ", outside_processes, use_options},
    BannedWord{"fork(", outside_processes, use_workers},
    BannedWord{"vfork(", outside_processes, use_workers},
    BannedWord{"waitpid(", outside_processes, use_workers},
    BannedWord{"execv*", outside_processes, use_workers},
    BannedWord{"posix_spawn*", outside_processes, use_workers},
    BannedWord{"popen(", outside_processes, use_workers},
    BannedWord{"system(", outside_processes, use_workers},
    BannedWord{"throw", in_our_libraries, use_values},
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trim_right(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return trim_right(text);
}

std::string_view last_word(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin);
}

// Whether a free function is called after `before`: neither a member, nor another's namesake, nor
// a declaration.
bool is_free_call(std::string_view before) {
  before = trim_right(before);
  if (before.ends_with('.') || before.ends_with("->")) return false;
  if (before.ends_with("::")) {
    const std::string_view scope = last_word(before.substr(0, before.size() - 2));
    return scope.empty() || scope == "std" || scope == "return";
  }
  const std::string_view word = last_word(before);
  return word.empty() ? !before.ends_with('*') && !before.ends_with('&') : word == "return";
}

// The index after the letters of `pattern`, if it stands at `at`.
std::optional<std::size_t> match(std::string_view code, std::size_t at, std::string_view pattern) {
  for (const char c : pattern) {
    if (c == '*') {
      while (at < code.size() && is_word(code[at])) ++at;
      continue;
    }
    if (at >= code.size() || code[at] != c) return std::nullopt;
    ++at;
  }
  return at;
}

bool contains(std::string_view code, std::string_view pattern) {
  if (const std::size_t star = pattern.find("*_"); star != std::string_view::npos) {
    // `std::*_distribution`: a name in `std` with that end.
    const std::string_view head = pattern.substr(0, star);
    const std::string_view tail = pattern.substr(star + 1);
    for (std::size_t at = code.find(head); at != std::string_view::npos;
         at = code.find(head, at + 1)) {
      std::size_t end = at + head.size();
      while (end < code.size() && is_word(code[end])) ++end;
      if (code.substr(0, end).ends_with(tail)) return true;
    }
    return false;
  }
  const bool is_call = pattern.ends_with('(');
  const std::string_view word = is_call ? pattern.substr(0, pattern.size() - 1) : pattern;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const std::optional<std::size_t> end = match(code, at, word);
    if (!end || (at > 0 && is_word(code[at - 1]))) continue;
    const std::string_view after = code.substr(*end);
    if (!after.empty() && is_word(after.front())) continue;
    if (!is_call || (trim(after).starts_with('(') && is_free_call(code.substr(0, at)))) return true;
  }
  return false;
}

// --- The rules ---

class Tidier {
 public:
  Tidier(std::string_view path, std::string_view text) : path_(path), source_(text) {}

  std::vector<Complaint> run() && {
    check_header();
    check_own_header();
    check_size();
    for (std::size_t i = 0; i < source_.lines.size(); ++i) {
      check_escape(i);
      check_include(i);
      check_words(i);
      check_pointer_keys(i);
      check_test_name(i);
    }
    check_functions();
    std::ranges::stable_sort(complaints_, {}, &Complaint::line);
    return std::move(complaints_);
  }

 private:
  void complain(std::size_t index, std::string sentence, bool is_note = false) {
    const bool has_line = index < source_.lines.size();
    if (has_line && source_.lines[index].find("// tidy-ok: ") != std::string::npos) return;
    complaints_.push_back({static_cast<int>(index + 1), std::move(sentence), is_note});
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
      if (starts_with_any(included, {"core/", "sim/", "replay/", "reprise"})) {
        complain(index, "write <reprise/" + target + ">, so that no user's folder can collide");
      }
      const bool from_root = starts_with_any(
          included, {"core/", "sim/", "replay/", "scenarios/", "examples/", "tests/", "reprise.h"});
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
    if (from == "scenarios" && (to == "core" || to == "sim")) return;
    if (from == "sim" && to == "core") return;
    if (from == "replay" && (to == "core" || to == "sim")) return;
    if (from == "replay" && to == "scenarios") {
      return complain(index, "replay never includes scenarios; the registry in sim joins them");
    }
    if (from == "scenarios" && to == "replay") {
      return complain(index, "scenarios never include replay; the registry in sim joins them");
    }
    complain(index, std::string(from) + " may not include " + std::string(to) +
                        "; the direction is core <- sim <- replay and core, sim <- scenarios");
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
    const std::string_view code = source_.code[index];
    if (trim(code).starts_with('#')) return;
    for (const BannedWord& banned : banned_words) {
      if (!banned.is_banned_in(path_) || !contains(code, banned.pattern)) continue;
      if (banned.pattern == "throw" && code.find("throw;") != std::string_view::npos) continue;
      std::string_view shown = banned.pattern;
      if (shown.ends_with('(')) shown.remove_suffix(1);
      complain(index, "`" + std::string(shown) + "` " + std::string(banned.sentence));
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

  // Only free functions and members defined outside their class: the blocks that begin and end in
  // the first column and are not types, namespaces or tables.
  void check_functions() {
    std::size_t begin = 0;
    bool is_inside = false;
    for (std::size_t i = 0; i < source_.code.size(); ++i) {
      const std::string_view code = trim_right(source_.code[i]);
      if (code.empty()) continue;
      if (code.front() == '}' && is_inside) {
        if (const std::size_t lines = i - begin + 1; lines > function_lines_max) {
          complain(begin, "a function of " + std::to_string(lines) + " lines; consider a split",
                   true);
        }
        is_inside = false;
      } else if (is_word(code.front()) && !is_inside && code.ends_with('{') &&
                 !code.ends_with("={") && !code.ends_with("= {") &&
                 !starts_with_any(code, {"namespace", "class ", "struct ", "enum ", "union ",
                                         "extern ", "constexpr std::array"})) {
        begin = i;
        is_inside = true;
      }
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
