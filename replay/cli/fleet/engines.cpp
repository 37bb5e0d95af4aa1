#include <reprise/replay/cli/fleet/engine.h>

#include <algorithm>
#include <array>

namespace reprise {

namespace {

constexpr std::array<const Engine*, 4> all_engines = {&local_engine, &parallel_engine,
                                                      &slurm_engine, &kubernetes_engine};

}  // namespace

std::span<const Engine* const> engines() { return all_engines; }

const Engine* find_engine(std::string_view name) {
  const auto found = std::ranges::find(all_engines, name, &Engine::name);
  return found == all_engines.end() ? nullptr : *found;
}

}  // namespace reprise
