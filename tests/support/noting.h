// Notes without a check that makes them: a scenario or a machine reports one from where it stands.
#pragma once

#include <reprise/sim/finding.h>

#include <string>

namespace reprise::tests {

/// Of the check `progress`, unless `check` says otherwise.
void report_note(const std::string& signature, const std::string& check = "deadlock");
/// Any finding, into the run under way.
void report_finding(Finding finding);

}  // namespace reprise::tests
