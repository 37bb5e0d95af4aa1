#include "tests/tidy/banned_words.h"

#include <array>
#include <cstddef>
#include <optional>

#include "tests/tidy/paths.h"
#include "tests/tidy/source_text.h"

namespace reprise::tests {
namespace {

bool is_core_or_sim(std::string_view path) { return starts_with_any(path, {"core/", "sim/"}); }
bool is_process_file(std::string_view path) {
  return is_command_line(path) || path.starts_with("replay/worker/");
}

// What takes the place of the C library's clocks, random numbers and threads.
bool is_surface(std::string_view path) { return path.starts_with("sim/surface/"); }
bool is_real_back_end(std::string_view path) { return path.starts_with("core/back_end/"); }

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

constexpr std::array banned{
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

}  // namespace

std::vector<std::string> banned_words(std::string_view path, std::string_view code) {
  std::vector<std::string> sentences;
  if (trim(code).starts_with('#')) return sentences;
  for (const BannedWord& word : banned) {
    if (!word.is_banned_in(path) || !contains(code, word.pattern)) continue;
    if (word.pattern == "throw" && code.find("throw;") != std::string_view::npos) continue;
    std::string_view shown = word.pattern;
    if (shown.ends_with('(')) shown.remove_suffix(1);
    sentences.push_back("`" + std::string(shown) + "` " + std::string(word.sentence));
  }
  return sentences;
}

}  // namespace reprise::tests
