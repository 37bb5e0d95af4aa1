#include "tests/tidy/rooms.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace reprise::tests {

namespace {

constexpr std::size_t units_max = 25;

// Files in no folder of replay are its front: they stand on all rooms but the program.
constexpr std::array<std::string_view, 8> replay_rooms{"text",     "worker", "json", "trace",
                                                       "campaign", "report", "",     "cli"};

// "words" are the files in no folder that all rooms may speak of; "front" are those that authors of
// scenarios and whoever makes many runs include.
constexpr std::array<std::string_view, 11> sim_rooms{
    "words",  "plan",     "strategy", "surface", "store_watch", "operation",
    "device", "evidence", "check",    "world",   "front"};
constexpr std::array<std::string_view, 5> sim_front{"sim", "sim_bodies", "scenario", "linearizable",
                                                    "runner"};

const std::vector<BackwardInclude> backward_includes{
    {"sim/check/bookkeeping.cpp", "sim/world/world.h"},
    {"sim/check/buffer_ownership.cpp", "sim/world/world.h"},
    {"sim/check/busy_task.cpp", "sim/world/world.h"},
    {"sim/check/clean_up.cpp", "sim/world/world.h"},
    {"sim/check/completion_protocol.cpp", "sim/world/world.h"},
    {"sim/check/determinism.h", "sim/runner.h"},
    {"sim/check/double_mutation.cpp", "sim/world/world.h"},
    {"sim/check/double_submit.cpp", "sim/world/world.h"},
    {"sim/check/heap_lifetime.cpp", "sim/world/world.h"},
    {"sim/check/held_mutex.cpp", "sim/world/world.h"},
    {"sim/check/idle_state.cpp", "sim/world/world.h"},
    {"sim/check/invariant.cpp", "sim/world/world.h"},
    {"sim/check/leak.cpp", "sim/world/world.h"},
    {"sim/check/left_in_flight.cpp", "sim/world/world.h"},
    {"sim/check/linearizability.cpp", "sim/world/world.h"},
    {"sim/check/list.cpp", "sim/runner.h"},
    {"sim/check/lost_allocation.cpp", "sim/world/world.h"},
    {"sim/check/lost_callee.cpp", "sim/world/world.h"},
    {"sim/check/next_operation.cpp", "sim/world/world.h"},
    {"sim/check/overlap.cpp", "sim/world/world.h"},
    {"sim/check/prefix_read.cpp", "sim/world/world.h"},
    {"sim/check/premature_use.cpp", "sim/world/world.h"},
    {"sim/check/progress.cpp", "sim/world/world.h"},
    {"sim/check/repeated_work.cpp", "sim/world/world.h"},
    {"sim/check/schedule_equivalence.h", "sim/runner.h"},
    {"sim/check/short_count.cpp", "sim/world/world.h"},
    {"sim/check/spurious_reentry.cpp", "sim/world/world.h"},
    {"sim/device/device.cpp", "sim/world/world.h"},
    {"sim/device/device.h", "sim/check/check.h"},
    {"sim/device/device_outcome.cpp", "sim/world/world.h"},
    {"sim/evidence/bookings.cpp", "sim/world/world.h"},
    {"sim/evidence/bookings.h", "sim/check/check.h"},
    {"sim/evidence/done_operations.h", "sim/check/check.h"},
    {"sim/evidence/done_operations.h", "sim/world/world.h"},
    {"sim/evidence/last_stores.cpp", "sim/world/world.h"},
    {"sim/evidence/last_stores.h", "sim/check/check.h"},
    {"sim/evidence/repeated_states.cpp", "sim/world/world.h"},
    {"sim/evidence/repeated_states.h", "sim/check/check.h"},
    {"sim/evidence/repeated_stores.cpp", "sim/world/world.h"},
    {"sim/evidence/repeated_stores.h", "sim/check/check.h"},
    {"sim/evidence/resource_holders.cpp", "sim/world/world.h"},
    {"sim/evidence/resource_holders.h", "sim/check/check.h"},
    {"sim/evidence/seen_access.h", "sim/world/world.h"},
    {"sim/evidence/wait_graph.h", "sim/world/world.h"},
    {"sim/history.cpp", "sim/world/world.h"},
    {"sim/operation/operation_ref.cpp", "sim/world/world.h"},
    {"sim/surface/mutex_hooks.cpp", "sim/store_watch/entry_frame.h"},
    {"sim/surface/mutex_hooks.cpp", "sim/store_watch/memory_watch.h"},
    {"sim/surface/surfaces.cpp", "sim/world/world.h"},
    {"sim/world/task.h", "sim/sim.h"},
    {"sim/world/world.h", "sim/runner.h"},
};

// "sim/check/leak.cpp" without its first folder.
std::string_view without_folder(std::string_view path) { return path.substr(path.find('/') + 1); }

// The path without its extension: a header and its source are one unit.
std::string_view unit_of(std::string_view path) { return path.substr(0, path.rfind('.')); }

// The first folder of the path; empty if the file stands in none.
std::string_view first_folder(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view sim_room(std::string_view path) {
  const std::string_view inner = without_folder(path);
  const std::string_view room = first_folder(inner);
  if (!room.empty()) return room;
  return std::ranges::count(sim_front, unit_of(inner)) != 0 ? "front" : "words";
}

std::size_t place_in(const auto& rooms, std::string_view room) {
  return static_cast<std::size_t>(std::ranges::find(rooms, room) - rooms.begin());
}

bool is_backward(std::string_view path, std::string_view target) {
  if (path.starts_with("sim/") && target.starts_with("sim/")) {
    return place_in(sim_rooms, sim_room(target)) > place_in(sim_rooms, sim_room(path));
  }
  if (path.starts_with("replay/") && target.starts_with("replay/")) {
    return place_in(replay_rooms, first_folder(without_folder(target))) >
           place_in(replay_rooms, first_folder(without_folder(path)));
  }
  return false;
}

template <typename Rooms>
std::string in_order(const Rooms& rooms) {
  std::string text;
  for (const std::string_view room : rooms) {
    if (room.empty()) continue;
    if (!text.empty()) text += ", ";
    text += room;
  }
  return text;
}

}  // namespace

const std::vector<BackwardInclude>& known_backward_includes() { return backward_includes; }

std::string wrong_room_order(std::string_view path, std::string_view target) {
  if (!is_backward(path, target)) return "";
  const bool is_known = std::ranges::any_of(backward_includes, [&](const BackwardInclude& known) {
    return known.path == path && known.target == target;
  });
  if (is_known) return "";
  const std::string rooms = path.starts_with("sim/") ? in_order(sim_rooms) : in_order(replay_rooms);
  return "a room includes only those before it (" + rooms + "); move what both need down";
}

std::vector<std::string> tidy_rooms(const std::vector<std::string>& paths,
                                    bool (*includes)(std::string_view path,
                                                     std::string_view target)) {
  std::vector<std::string> sentences;
  for (const BackwardInclude& known : backward_includes) {
    if (is_backward(known.path, known.target) && includes(known.path, known.target)) continue;
    sentences.push_back(std::string(known.path) + ": no longer includes " +
                        std::string(known.target) + "; take it off the list in rooms.cpp");
  }
  std::map<std::string, std::set<std::string_view>> units;
  for (const std::string& path : paths) {
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    const bool has_variants = folder == "sim/check/" || folder == "replay/cli/command/";
    if ((path.starts_with("core/") || path.starts_with("sim/") || path.starts_with("replay/")) &&
        !has_variants) {
      units[folder].insert(unit_of(path));
    }
  }
  for (const auto& [folder, members] : units) {
    if (members.size() <= units_max) continue;
    sentences.push_back(folder + ": " + std::to_string(members.size()) +
                        " units are more than fit in a room; make two of it");
  }
  return sentences;
}

}  // namespace reprise::tests
