// Libraries with scenarios, loaded into this program. Their constructors are a user's code: they
// run in a worker first, which may die of them.
#pragma once

#include <reprise/replay/worker/worker.h>

#include <optional>
#include <string>
#include <vector>

namespace reprise {

struct Library {
  std::string path;
  std::string name;          // what the user calls it, or the files that it was made of
  bool is_compiled = false;  // just now, by us
};

/// Loads them in this order, for good; their scenarios register themselves. A sentence if one of
/// them cannot be, and then none is.
std::optional<std::string> load_libraries(const std::vector<Library>& libraries,
                                          WorkerOptions worker);

}  // namespace reprise
