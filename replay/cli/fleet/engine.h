// Engine: what runs the shards of a fleet, on this machine or on many. A new one is a file
// that defines its Engine, its declaration here, and a line in engines.cpp.
#pragma once

#include <reprise/replay/cli/fleet/fleet.h>
#include <reprise/replay/cli/fleet/watch.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct Engine {
  std::string_view name;     // of --on
  std::string_view summary;  // for the help
  bool takes_hosts = false;  // --sshlogin
  bool takes_image = false;  // --image
  /// Whether run() comes back when the shards have ended; if not, it says what to do next.
  bool waits = true;
  /// Runs `shards`. While it waits, it calls watch.look() at least once a second, and stops all
  /// shards when the watch or an interrupt says so. An error sentence if it cannot start them.
  std::string (*run)(const Fleet& fleet, const std::vector<CaseShard>& shards, FleetWatch& watch);
};

extern const Engine local_engine;
extern const Engine parallel_engine;
extern const Engine slurm_engine;
extern const Engine kubernetes_engine;

/// All engines, the default one first.
std::span<const Engine* const> engines();
/// Null if there is none of this name.
const Engine* find_engine(std::string_view name);

}  // namespace reprise
