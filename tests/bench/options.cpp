#include "tests/bench/options.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "tests/bench/count_text.h"

namespace reprise::bench {

namespace {

constexpr std::string_view help =
    R"(usage: reprise-bench [OPTION]

Without an option it measures this build on this machine, in three to four minutes: whole
runs, with the instructions they take if valgrind is installed; I/Os per second with few and with
many in flight; what all checks cost in pager/clients and in the corpus; real I/Os through the back
ends; what the machine itself can do; and what each check costs. Times are processor time, medians of several rounds in which
everything that is compared has its turn. Each run has a new seed. The results go to stdout;
stderr says what is measured now.

  --instructions               only count the instructions per run of the five fixed runs
  --instructions --check FILE  the same, and compare with the table in FILE (docs/DECISIONS.md):
                               exit code 1 if one rose by more than 3 %, 77 if this build or this
                               machine cannot tell
  --instructions --write FILE  the same, and write the table in FILE anew
  --relacy PROGRAM             only measure our runs beside those of relacy, which PROGRAM makes:
                               tests/bench/relacy/relacy_runs.cpp, compiled (./dev bench --relacy
                               does both)
  --runs NAME N                only make the runs of the seeds 1 to N of the fixed run NAME, and
                               print nothing: this is what valgrind counts. The names:
{}  --help                       this text

Exit code 2: a wrong option, a table that cannot be read, or a program that failed.
)";

using Parsed = Expected<BenchOptions>;

Parsed failed(const std::string& sentence) {
  return Parsed::failed(sentence + "; see reprise-bench --help");
}

// One option with its one argument, and nothing else.
Parsed with_argument(Task task, std::span<const std::string> words, std::string_view what) {
  if (words.size() == 2 && !words[1].empty()) return BenchOptions{task, words[1], 0};
  return failed(words[0] + " takes " + std::string(what));
}

Parsed parse_runs(std::span<const std::string> words) {
  const std::optional<std::uint64_t> seeds =
      words.size() == 3 ? number_with_commas(words[2]) : std::nullopt;
  if (!seeds || *seeds == 0) {
    return failed("--runs takes the name of a fixed run and how many runs to make, at least 1");
  }
  return BenchOptions{Task::runs, words[1], *seeds};
}

Parsed parse_instructions(std::span<const std::string> words) {
  if (words.size() == 1) return BenchOptions{Task::count, {}, 0};
  if (words[1] == "--check") return with_argument(Task::check, words.subspan(1), "a file");
  if (words[1] == "--write") return with_argument(Task::write, words.subspan(1), "a file");
  return failed("after --instructions comes --check FILE, --write FILE or nothing, not \"" +
                words[1] + '"');
}

}  // namespace

std::string help_text(const std::vector<std::string>& fixed_run_names) {
  std::string names;
  for (const std::string& name : fixed_run_names) names += fmt::format("{:31}\"{}\"\n", "", name);
  return fmt::format(help, names);
}

Parsed parse_options(std::span<const std::string> words) {
  if (words.empty()) return BenchOptions{};
  const std::string& first = words[0];
  if (first == "--instructions") return parse_instructions(words);
  if (first == "--relacy") return with_argument(Task::relacy, words, "a program");
  if (first == "--runs") return parse_runs(words);
  if (first == "--check" || first == "--write") {
    return failed(first + " comes after --instructions");
  }
  if (first == "--help" || first == "-h") {
    if (words.size() > 1) return failed(first + " stands alone");
    return BenchOptions{Task::help, {}, 0};
  }
  return failed("there is no option \"" + first + '"');
}

}  // namespace reprise::bench
