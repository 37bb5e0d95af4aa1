// How a run is left in the middle, and what is found of it then.
#include <reprise/sim/world/world.h>

#include <span>

namespace reprise {

void World::end_left_run(RunResult& result) {
  for (const std::unique_ptr<Fiber>& fiber : fibers_) fiber->forget();
  fibers_.clear();
  keep_goals(result);
  take_result(result);
}

void World::leave_run_if_stopped() {
  if (stopped() && run_fiber_ != nullptr) run_fiber_->leave_for_good();
}

std::vector<MemoryBlock> World::stacks_in_use() const {
  std::vector<MemoryBlock> stacks;
  const auto add = [&](const Fiber& fiber, std::uintptr_t begin) {
    const std::span<const std::byte> stack = fiber.stack();
    const std::uintptr_t bottom = reinterpret_cast<std::uintptr_t>(stack.data());
    if (begin - bottom >= stack.size()) begin = bottom;
    stacks.push_back({begin, bottom + stack.size() - begin});
  };
  if (run_fiber_ != nullptr) add(*run_fiber_, scenario_frame_);
  for (const std::unique_ptr<Fiber>& fiber : fibers_) {
    if (!fiber->idle()) add(*fiber, 0);
  }
  return stacks;
}

}  // namespace reprise
