#include <reprise/sim/node.h>

#include <reprise/core/assert.h>
#include <reprise/sim/world/world.h>

#include <optional>
#include <string>
#include <utility>

namespace reprise {

Sim::Node Sim::node(std::string_view name) { return node(name, {}); }

Sim::Node Sim::node(std::string_view name, const NodeClock& clock) {
  constexpr std::int32_t drift_max = 500'000;
  REPRISE_ASSERT(!name.empty() && name.find_first_of("/:#") == std::string_view::npos,
                 "a node has a name, without `/`, `:` and `#`");
  REPRISE_ASSERT(clock.drift_ppm >= -drift_max && clock.drift_ppm <= drift_max,
                 "a clock drifts by 500,000 ppm at most");
  internal::Node& node = world_.node(name);
  if (!std::exchange(node.is_used, true)) node.clock.set(clock.drift_ppm, clock.ahead);
  return {*this, node};
}

void Sim::Node::cut_link_to(const Node& other) const { node_->sockets.cut_link_to(other.number()); }
void Sim::Node::heal_links() const { node_->sockets.heal_links(); }

std::string_view Sim::Node::name() const { return node_->name; }
std::uint32_t Sim::Node::number() const { return node_->id; }

IO& Sim::Node::io() const { return node_->disk; }
File& Sim::Node::open(std::string_view path) const { return node_->disk.open_for_run(path); }
void Sim::Node::write_file(std::string_view path, std::span<const std::byte> bytes) const {
  node_->disk.write_file(path, bytes);
}
std::string Sim::Node::read_file(std::string_view path) const {
  return node_->disk.disk().text_of(path);
}
Instant Sim::Node::now() const { return node_->disk.now(); }
Instant Sim::Node::wall_now() const {
  static_cast<void>(now());
  return node_->clock.wall_now();
}
void Sim::Node::step_clock(Duration by) const { node_->clock.step_wall_clock(by); }

void Sim::Node::task(std::string_view name, std::function<void()> body) const {
  sim_->task_on(*node_, name, std::move(body));
}
void Sim::Node::task(std::string_view name, std::uint32_t index, std::function<void()> body) const {
  task(std::string(name) + '[' + std::to_string(index) + ']', std::move(body));
}

void Sim::Node::recovers(std::function<void()> recovery, const DiskRules& disk) const {
  sim_->world_.recovers(*node_, std::move(recovery), disk);
}

void Sim::Node::require_operator() const {
  const Task* const task = sim_->world_.run().current;
  REPRISE_ASSERT(task != nullptr && task->node != node_->id && !task->in_operation,
                 "a node is killed, cut off and restarted by a task of another node, outside of "
                 "operations");
}

void Sim::Node::require_down() const {
  REPRISE_ASSERT(is_down(), "the node is down: kill() or cut_power() comes first");
}

void Sim::Node::kill() const {
  require_operator();
  REPRISE_ASSERT(!is_down(), "a node that is down has no process");
  sim_->world_.power().kill(*node_);
}

void Sim::Node::cut_power() const {
  require_operator();
  REPRISE_ASSERT(node_->disk.is_tracked(), "recovers() comes first: it says what the disk is like");
  sim_->world_.power().cut_power(*node_);
}

void Sim::Node::restart() const {
  require_operator();
  require_down();
  REPRISE_ASSERT(node_->recovery != nullptr, "recovers() comes first: it says how the node starts");
  sim_->world_.power().restart(*node_);
}

void Sim::Node::tell_disk(std::string_view what) const {
  if (sim_->world_.run().is_logged) sim_->world_.log().note(node_->disk.name(), what);
}

bool Sim::Node::is_down() const { return node_->state == internal::Node::State::down; }

void Sim::Node::swap_disk(const Node& other) const {
  require_down();
  other.require_down();
  node_->disk.swap_with(other.node_->disk);
  tell_disk("is swapped with that of " + std::string(other.name()));
}

void Sim::Node::lose_disk() const {
  require_down();
  node_->disk.replace();
  tell_disk("is another one, and empty");
}

void Sim::Node::save_disk() const { node_->disk.save(); }

void Sim::Node::restore_disk() const {
  require_down();
  REPRISE_ASSERT(node_->disk.has_saved(), "save_disk() comes first");
  node_->disk.restore_saved();
  tell_disk("is again as it was saved");
}

}  // namespace reprise
