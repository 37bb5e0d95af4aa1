#include <reprise/sim/device/device_host.h>

#include <reprise/core/assert.h>

#include <algorithm>

namespace reprise {

Device::Device(DeviceHost& host, NodeId node)
    : host_(host), number_(host.add(*this)), node_(node) {}

std::uint32_t DeviceHost::add(Device& device) {
  devices_.push_back(&device);
  waited_by_.emplace_back();
  return static_cast<std::uint32_t>(devices_.size() - 1);
}

void DeviceHost::take(const RecordedDecision& decision) {
  REPRISE_ASSERT(decision.value < decision.arity,
                 "a strategy chooses a value that the decision has");
  ++run_.stats.decisions;
  const std::uint64_t key = mix(key_of(names_, decision.identity), decision.value);
  run_.fold(key);
  constexpr DecisionKinds noted = fault_kinds | kinds(DecisionKind::workload);
  const bool is_noted = (kinds(decision.identity.kind()) & noted) != 0;
  if (is_noted || run_.is_attended) decided(decision, key);
}

std::uint32_t DeviceHost::path_index(std::string_view path) {
  const auto known = path_indexes_.find(path);
  if (known != path_indexes_.end()) return known->second;
  const auto index = static_cast<std::uint32_t>(paths_.size());
  paths_.emplace_back(path);
  path_indexes_.emplace(path, index);
  return index;
}

/// The device whose I/O it may be.
inline Device* DeviceHost::device_behind(const Completion& completion) const {
  const std::uint32_t number = Device::number_in(completion.token());
  return completion.is_group() || number >= devices_.size() ? nullptr : devices_[number];
}

Identity DeviceHost::identity_of(const Completion& completion) const {
  const Device* const device = device_behind(completion);
  return device != nullptr ? device->identity_of(completion) : Identity{};
}

bool DeviceHost::is_timer(const Completion& completion) const {
  const Device* const device = device_behind(completion);
  return device != nullptr && device->is_clock() && device->identity_of(completion).name != 0;
}

bool DeviceHost::has_outcome(const Completion& completion) const {
  const Device* const device = device_behind(completion);
  return device != nullptr && device->identity_of(completion).name != 0 &&
         device->has_outcome(Device::slot_in(completion.token()));
}

Rest DeviceHost::rest_in(const Completion& completion) const {
  const Device* const device = device_behind(completion);
  if (device == nullptr || device->identity_of(completion).name == 0) return Rest::none;
  return device->rest_in(Device::slot_in(completion.token()));
}

bool DeviceHost::wait_alike(const Completion& a, const Completion& b) const {
  const Device* const device = device_behind(a);
  if (device == nullptr || device != device_behind(b)) return false;
  return device->identity_of(a).name != 0 && device->identity_of(b).name != 0 &&
         device->wait_alike(Device::slot_in(a.token()), Device::slot_in(b.token()));
}

std::string_view DeviceHost::mistake_in(const Completion& completion) const {
  Device* const device = device_behind(completion);
  if (device == nullptr || device->identity_of(completion).name == 0) return {};
  return device->mistake_in(Device::slot_in(completion.token()));
}

EarliestTimer DeviceHost::earliest_timer() const {
  std::optional<EarliestTimer> earliest;
  for (const Device* const device : devices_) {
    const std::optional<EarliestTimer> timer = device->earliest_timer();
    if (timer && (!earliest || timer->deadline < earliest->deadline)) earliest = timer;
  }
  REPRISE_ASSERT(earliest.has_value(), "a timer is armed");
  return *earliest;
}

bool DeviceHost::waits_first(const Completion& completion, TaskId task) {
  std::vector<WaitedBy>& of_device = waited_by_[Device::number_in(completion.token())];
  const std::uint32_t slot = Device::slot_in(completion.token());
  if (of_device.size() <= slot) of_device.resize(slot + 1);
  WaitedBy& waited_by = of_device[slot];
  if (waited_by.completion != completion.id()) {
    waited_by.completion = completion.id();
    waited_by.tasks.clear();
  }
  if (std::ranges::find(waited_by.tasks, task) != waited_by.tasks.end()) return false;
  waited_by.tasks.push_back(task);
  return true;
}

Identity DeviceHost::logged_io(std::uint64_t id) const {
  const auto logged = logged_.find(id);
  return logged == logged_.end() ? Identity{} : logged->second;
}

DeviceHost::CancelAnswer DeviceHost::answer_to_cancel(const Identity& io) {
  constexpr std::uint32_t answers = 4;
  std::uint32_t value = cancel_answer_;
  if (value == 0) value = decide(io.with(DecisionKind::cancel_answer), answers);
  const auto answer = static_cast<CancelAnswer>(value);
  const bool is_survived = answer == CancelAnswer::cut_short     ? run_.faults.short_io
                           : answer == CancelAnswer::interrupted ? run_.faults.retries
                                                                 : true;
  return is_survived ? answer : CancelAnswer::cancelled;
}

void DeviceHost::cancel_with(const Completion& completion, std::uint32_t answer) {
  cancel_answer_ = answer;
  cancels_for_plan_ = true;
  completion.cancel();
  cancels_for_plan_ = false;
  cancel_answer_ = 0;
}

NodeId DeviceHost::node_here() const {
  if (run_.current != nullptr) return run_.current->node;
  const Event& event = run_.happening;
  const bool is_of_device = !event.none() && event.identity.kind() != EventKind::turn;
  const NodeId node = is_of_device ? device_of(event.slot).node() : 0;
  return node == no_node ? 0 : node;
}

void DeviceHost::disown(NodeId node) {
  for (const Device* const device : devices_) {
    if (device->node() != node) continue;
    memory_.disown_between(device->world_slot(0), device->world_slot(Device::slots_max - 1));
  }
}

void DeviceHost::drop_in_flight(NodeId node) {
  for (Device* const device : devices_) {
    if (device->node() == node) device->drop_in_flight();
  }
}

void DeviceHost::drop_in_flight() {
  for (Device* const device : devices_) device->drop_in_flight();
  run_.ios_in_flight = run_.timers_armed = 0;
}

void DeviceHost::reset() {
  drop_in_flight();
  for (Device* const device : devices_) device->reset();
  logged_.clear();
  pool_.restart_ids();
  for (std::vector<WaitedBy>& of_device : waited_by_) {
    for (WaitedBy& waited_by : of_device) waited_by.completion = 0;
  }
}

}  // namespace reprise
