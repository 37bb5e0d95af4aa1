// BuildInfo: how this program was built, for `reprise --version`, traces and reports. It never
// influences a run.
#pragma once

#include <string_view>

namespace reprise {

struct BuildInfo {
  std::string_view version;   // of the project, "0.1.0"
  std::string_view commit;    // 40 hex digits, a "+" after them if the tree had changes; "unknown"
  std::string_view compiler;  // "GNU 12.2.0"
  std::string_view type;      // CMake's build type, "RelWithDebInfo"
  std::string_view sanitizers;  // "address,undefined", or empty
};

const BuildInfo& build_info();

}  // namespace reprise
