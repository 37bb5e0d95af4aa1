#include <reprise/sim/evidence/findings.h>

#include <reprise/sim/check_names.h>

#include <algorithm>
#include <utility>

namespace reprise {

void Findings::begin_run() {
  error_.reset();
  notes_.clear();
}

void Findings::report(Finding finding) {
  const CheckSet& checks = run_.options->checks;
  if (error_.has_value() || !checks.on(finding.check)) return;
  if (checks.errors.contains(finding.check)) finding.severity = Severity::error;
  if (finding.severity == Severity::error) {
    error_ = std::move(finding);
  } else if (std::ranges::find(notes_, finding.signature, &Finding::signature) == notes_.end()) {
    notes_.push_back(std::move(finding));
  }
}

void Findings::report_misuse(std::string_view what) {
  Finding finding;
  finding.check = check_name::invariant;
  finding.signature = signature(check_name::invariant, what);
  finding.message = what;
  report(std::move(finding));
}

void Findings::report_expectation(std::string_view what, const CodeLocation& place) {
  Finding finding;
  finding.check = check_name::invariant;
  finding.signature = signature(check_name::invariant, without_numbers(what));
  finding.message = "expected: " + std::string(what);
  finding.places.push_back({place.file, place.line, std::string(what)});
  report(std::move(finding));
}

std::optional<Finding> Findings::take_error() { return std::exchange(error_, std::nullopt); }

std::vector<Finding> Findings::take_notes() { return std::exchange(notes_, {}); }

std::string Findings::signature(std::string_view check, std::string_view what) const {
  std::string text(check);
  text += ' ';
  text += run_.scenario;
  text += ": ";
  text += what;
  return text;
}

std::string without_numbers(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) {
      result += c;
    } else if (!result.ends_with('N')) {
      result += 'N';
    }
  }
  return result;
}

}  // namespace reprise
