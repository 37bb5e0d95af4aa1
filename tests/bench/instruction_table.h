// Instruction table: the instructions per run that the quick build may take, as a table in a page.
// This is a part of the page, between two marks:
//
//   <!-- instructions -->
//   | fixed run, quick build by g++ 12 | instructions per run |
//   | --- | ---: |
//   | 3x10 bare | 65,900 |
//   <!-- end of instructions -->
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::bench {

struct CountedRun {
  std::string name;
  std::uint64_t instructions = 0;  // per run

  friend bool operator==(const CountedRun&, const CountedRun&) = default;
};

struct InstructionTable {
  std::string compiler;  // `g++ 12`
  std::vector<CountedRun> rows;

  friend bool operator==(const InstructionTable&, const InstructionTable&) = default;
};

/// Reads the table in `page`, which must have one row for each of `names`, in any order, and no
/// other. The rows come in the order of `names`.
Expected<InstructionTable> parse_table(std::string_view page,
                                       const std::vector<std::string>& names);

/// The page with this table between its marks.
Expected<std::string> replace_table(std::string_view page, const InstructionTable& table);

struct Comparison {
  bool has_risen = false;
  bool has_fallen = false;
  std::string text;  // a line for each that differs by more than 3 %
};
/// REQUIRES: `counts` has the names of `table`, in its order.
Comparison compare(const InstructionTable& table, const std::vector<CountedRun>& counts);

}  // namespace reprise::bench
