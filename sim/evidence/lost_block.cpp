#include <reprise/sim/evidence/lost_block.h>

#include <reprise/sim/check_names.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace reprise {

namespace {

/// How many entries of the block's operation have each left one that was allocated there.
std::size_t entries_that_left(std::span<const AllocatedBlock> blocks, const AllocatedBlock& lost) {
  std::set<std::uint32_t> entries;
  for (const AllocatedBlock& each : blocks) {
    const bool is_of_operation =
        each.by.task == lost.by.task && each.by.operation == lost.by.operation;
    if (is_of_operation && each.code == lost.code) entries.insert(each.by.entry);
  }
  return entries.size();
}

}  // namespace

std::optional<Finding> lost_block(std::string_view scenario, std::span<const AllocatedBlock> before,
                                  std::span<const AllocatedBlock> after, DebugInfo& debug_info,
                                  const CallPaths& paths) {
  const auto is_of = [](const CodeAddress& code) {
    return [&code](const AllocatedBlock& block) { return block.code == code; };
  };
  const auto lost = std::ranges::find_if(after, [&](const AllocatedBlock& block) {
    return std::ranges::any_of(before, is_of(block.code));
  });
  if (lost == after.end()) return std::nullopt;
  const std::vector<CodeLine> lines = debug_info.lines_of(lost->code, paths);
  const CodeLine* const line = DebugInfo::own_line(lines);
  const std::string where =
      line == nullptr || line->function.empty() ? "an entry" : '`' + line->function + '`';
  Finding finding;
  finding.check = check_name::leak;
  // Without debug information it is the same.
  finding.signature = finding.check + ' ' + std::string(scenario) + ": memory";
  finding.message =
      "memory that was allocated in " + where + " is never freed, and no pointer to it is left";
  finding.evidence.push_back(
      std::to_string(lost->block.size) +
      " bytes; each repetition of the run leaves as much, so it is no first use of something");
  finding.expected = "what a machine allocates is freed when the scenario is over";
  finding.help =
      "free it on each way out: at Done, at every Err, and where the operation is dropped; and "
      "look at what is returned or overwritten before it is stored";
  if (const std::size_t entries = entries_that_left(after, *lost); entries > 1) {
    finding.signature += " on re-entry";
    finding.message = "each re-entry loses memory: what was allocated in " + where +
                      " is never freed, and no pointer to it is left";
    finding.evidence.push_back(std::to_string(entries) +
                               " entries of one operation have left a block of that line each");
    finding.help =
        "allocate it only where there is none yet, or free it before the call says \"again\"";
  }
  if (line != nullptr) {
    finding.places.push_back(
        {line->file, line->line, "allocated here", line->column, line->function});
  }
  return finding;
}

}  // namespace reprise
