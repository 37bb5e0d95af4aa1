// Libraries with scenarios, loaded into this program. Their constructors are user code, so they run
// first in a worker, which may die of them.
#pragma once

#include <reprise/replay/worker/worker.h>

#include <optional>
#include <string>
#include <vector>

namespace reprise {

struct Library {
  std::string path;
  std::string name;          // the user's name for it, or the files it was made of
  bool is_compiled = false;  // whether Reprise has just compiled it
};

/// Loads `libraries` in this order, for good; their scenarios register themselves. If one cannot be
/// loaded, none is, and this gives an error sentence.
std::optional<std::string> load_libraries(const std::vector<Library>& libraries,
                                          WorkerOptions worker);

}  // namespace reprise
