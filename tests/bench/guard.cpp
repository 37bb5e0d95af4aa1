#include "tests/bench/guard.h"

#include <fmt/format.h>
#include <reprise/replay/text/file.h>

#include <cstdio>
#include <optional>

#include "tests/bench/count_text.h"
#include "tests/bench/instruction_table.h"

namespace reprise::bench {

namespace {

constexpr std::uint64_t page_bytes_max = 16 << 20;

using Counts = Expected<std::vector<CountedRun>>;

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

int fail(const std::string& sentence) {
  std::fprintf(stderr, "reprise-bench: %s\n", sentence.c_str());
  return guard_failed;
}

Counts count_all(const Guard& guard) {
  std::vector<CountedRun> counts;
  print("instructions per run\n");
  for (const std::string& name : guard.names) {
    const Expected<std::uint64_t> count = guard.count(name);
    if (!count) return Counts::failed(fmt::format("{}: {}", name, count.error()));
    counts.push_back({name, count.value()});
    print(fmt::format("  {:<18} {:>12}\n", name, with_commas(count.value())));
  }
  return counts;
}

std::string write_command(const Guard& guard, const std::string& path) {
  return fmt::format("  {} --instructions --write {}\n", guard.program, path);
}

}  // namespace

int print_counts(const Guard& guard) {
  if (!guard.no_count.empty()) return fail(guard.no_count);
  const Counts counts = count_all(guard);
  return counts ? guard_passed : fail(counts.error());
}

int check_table(const Guard& guard, const std::string& path) {
  const Expected<std::string> page = read_file_text(path, page_bytes_max);
  if (!page) return fail(page.error());
  const Expected<InstructionTable> table = parse_table(page.value(), guard.names);
  if (!table) return fail(path + ": " + table.error());

  std::string skipped = guard.no_comparison.empty() ? guard.no_count : guard.no_comparison;
  if (skipped.empty() && table.value().compiler != guard.compiler) {
    skipped = fmt::format("the table is of {}, and this build of {}", table.value().compiler,
                          guard.compiler);
  }
  if (!skipped.empty()) {
    print("skipped: " + skipped + '\n');
    return guard_skipped;
  }

  const Counts counts = count_all(guard);
  if (!counts) return fail(counts.error());
  const Comparison comparison = compare(table.value(), counts.value());
  print(comparison.text);
  if (comparison.has_risen) {
    print("Runs have become slower. Find out why; if it has to be, raise the table:\n" +
          write_command(guard, path));
    return guard_risen;
  }
  if (comparison.has_fallen) print("To lower the table:\n" + write_command(guard, path));
  return guard_passed;
}

int write_table(const Guard& guard, const std::string& path) {
  const std::string& impossible =
      guard.no_comparison.empty() ? guard.no_count : guard.no_comparison;
  if (!impossible.empty()) return fail(path + " is as it was: " + impossible);
  const Expected<std::string> page = read_file_text(path, page_bytes_max);
  if (!page) return fail(page.error());
  if (const auto text = replace_table(page.value(), {}); !text) {
    return fail(path + ": " + text.error());
  }
  const Counts counts = count_all(guard);
  if (!counts) return fail(counts.error());
  const auto text = replace_table(page.value(), {guard.compiler, counts.value()});
  if (const std::optional<std::string> error = write_file_text(path, text.value())) {
    return fail(*error);
  }
  print("written to " + path + '\n');
  return guard_passed;
}

}  // namespace reprise::bench
