// Interrupts: the first SIGINT or SIGTERM asks to finish and report, the second ends the process.
#pragma once

namespace reprise {

/// From now on.
void catch_interrupts();
/// Whether there has been one.
bool is_interrupted();

}  // namespace reprise
