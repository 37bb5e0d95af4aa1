// For the harness's own sources, where the names of reprise::internal need no prefix. No header
// that a scenario's author includes may include it: `using namespace reprise` opens what is in
// reprise, and there users want names like Store, World and Scenario for themselves.
#pragma once

namespace reprise {
namespace internal {}
using namespace internal;  // NOLINT(google-build-using-namespace)
}  // namespace reprise
