// Interrupts: the first SIGINT or SIGTERM asks the command to finish and report, the next one ends
// the process.
#pragma once

namespace reprise {

/// Catches interrupts from now on.
void catch_interrupts();
/// Whether an interrupt has come.
bool is_interrupted();

}  // namespace reprise
