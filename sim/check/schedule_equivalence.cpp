
#include <reprise/sim/check/schedule_equivalence.h>

#include <reprise/sim/check_names.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

std::optional<Finding> compare_schedules(std::string_view scenario, const RunResult& run,
                                         const RunResult& reference) {
  if (run.outcome == reference.outcome) return std::nullopt;
  std::vector<std::string> different;
  for (std::size_t i = 0; i < std::min(run.outcome.size(), reference.outcome.size()); ++i) {
    if (!(run.outcome[i] == reference.outcome[i])) different.push_back(run.outcome[i].what);
  }
  const std::string what = different.empty() ? "the set of things compared" : different.front();
  Finding finding;
  finding.check = check_name::schedule_equivalence;
  finding.signature = finding.check + ' ' + std::string(scenario) + ": " + what;
  finding.message = what +
                    " came out differently when operations that ran alone were made to "
                    "yield at other places";
  for (std::size_t i = 1; i < different.size(); ++i) {
    finding.evidence.push_back("so did " + different[i]);
  }
  finding.evidence.emplace_back("the reference is the sync world: every I/O completes at submit");
  finding.evidence.emplace_back("no fault was injected, and no other operation ran meanwhile");
  finding.expected = "an operation that runs alone comes out the same, whenever its I/O finishes";
  finding.help =
      "look at the yields of the plan: what runs again, or is left out, when control comes back "
      "after each of them?";
  return finding;
}

namespace {

constexpr std::size_t places_max = 4;

const OperationOutcome* same_operation(const std::vector<OperationOutcome>& operations,
                                       const OperationOutcome& as) {
  const auto found = std::ranges::find_if(operations, [&](const OperationOutcome& operation) {
    return operation.number == as.number && operation.task == as.task;
  });
  return found == operations.end() ? nullptr : &*found;
}

std::string to_text(const OperationOutcome& operation) {
  return "operation " + std::to_string(operation.number) + " of task `" + operation.task + '`';
}

std::string difference(const OperationOutcome& operation, const OperationOutcome* other) {
  const std::string who = to_text(operation);
  if (other == nullptr) return who + " does not take place in the sync world";
  if (operation.answer != other->answer) {
    return who + " answers " + operation.answer + "; in the sync world " + other->answer;
  }
  return who + " answers " + operation.answer +
         " in both, with another value (one that has a to_string() or a describe() is shown)";
}

std::string shown_byte(std::byte byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = std::to_integer<unsigned>(byte);
  return std::string("0x") + digits[value / 16] + digits[value % 16];
}

std::string difference(const FileContents& file, const FileContents* other) {
  const std::string name = "the file `" + file.path + '`';
  if (other == nullptr) return name + " is not there in the sync world";
  const auto [here, there] = std::ranges::mismatch(file.bytes, other->bytes);
  const std::string at =
      "byte " + std::to_string(here - file.bytes.begin()) + " of " + name.substr(4);
  if (here != file.bytes.end() && there != other->bytes.end()) {
    return at + " is " + shown_byte(*here) + "; in the sync world " + shown_byte(*there);
  }
  if (file.bytes.size() == other->bytes.size()) return {};
  return name + " has " + std::to_string(file.bytes.size()) + " bytes; in the sync world " +
         std::to_string(other->bytes.size());
}

std::string first_difference(const std::vector<FileContents>& files,
                             const std::vector<FileContents>& others) {
  for (const FileContents& file : files) {
    const auto other = std::ranges::find(others, file.path, &FileContents::path);
    std::string words = difference(file, other == others.end() ? nullptr : &*other);
    if (!words.empty()) return words;
  }
  for (const FileContents& other : others) {
    if (std::ranges::find(files, other.path, &FileContents::path) == files.end()) {
      return "there is no file `" + other.path + "`; in the sync world there is";
    }
  }
  return {};
}

}  // namespace

void show_difference(Finding& finding, const RunResult& run, const RunResult& reference) {
  std::vector<std::string> evidence;
  const OperationOutcome* first = nullptr;
  for (const OperationOutcome& operation : run.operations) {
    const OperationOutcome* const other = same_operation(reference.operations, operation);
    if (other != nullptr && other->digest == operation.digest) continue;
    evidence.push_back(difference(operation, other));
    first = &operation;
    break;
  }
  for (std::size_t i = 0; i < std::min(run.outcome.size(), reference.outcome.size()); ++i) {
    const OutcomePart& here = run.outcome[i];
    const OutcomePart& there = reference.outcome[i];
    if (here == there || here.value == there.value) continue;
    evidence.push_back(here.what + " is " + here.value + "; in the sync world " + there.value);
  }
  std::string disk = first_difference(run.disk_contents, reference.disk_contents);
  if (!disk.empty()) evidence.push_back(std::move(disk));
  // Behind what else differs, before what both runs had in common.
  const auto common =
      finding.evidence.end() - std::min<std::ptrdiff_t>(2, std::ssize(finding.evidence));
  finding.evidence.insert(common, evidence.begin(), evidence.end());
  // Where only state differs, any operation may have made it so.
  for (const OperationOutcome& operation : run.operations) {
    if (first != nullptr && first != &operation) continue;
    for (ShownLocation place : operation.yields) {
      if (finding.places.size() == places_max) return;
      place.note = to_text(operation) + " yields here";
      finding.places.push_back(std::move(place));
    }
  }
}

}  // namespace reprise
