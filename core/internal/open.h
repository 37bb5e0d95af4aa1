// Lets the harness's own sources use the names of reprise::internal without a prefix. No header
// that a scenario's author includes may include this one: it would put names like Store, World and
// Scenario into reprise, and users who say `using namespace reprise` want these for themselves.
#pragma once

namespace reprise {
namespace internal {}
using namespace internal;  // NOLINT(google-build-using-namespace)
}  // namespace reprise
