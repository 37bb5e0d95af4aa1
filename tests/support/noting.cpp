#include "tests/support/noting.h"

#include <reprise/core/internal/open.h>
#include <reprise/sim/world/world.h>
#include <reprise/sim/world/world_observer.h>

#include <utility>

namespace reprise::tests {

void report_finding(Finding finding) {
  static_cast<WorldObserver*>(observer())->world().view().report(std::move(finding));
}

void report_note(const std::string& signature, const std::string& check) {
  Finding note;
  note.check = check;
  note.signature = signature;
  note.message = "worth knowing: " + signature;
  note.severity = Severity::note;
  report_finding(std::move(note));
}

}  // namespace reprise::tests
