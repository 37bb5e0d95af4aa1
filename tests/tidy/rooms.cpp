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
    "words",    "plan",    "strategy", "store_watch", "operation", "device",
    "evidence", "surface", "check",    "world",       "front"};
constexpr std::array<std::string_view, 8> sim_front{
    "sim", "sim_bodies", "node", "sockets", "scenario", "durable", "linearizable", "runner"};

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

std::string wrong_room_order(std::string_view path, std::string_view target) {
  if (!is_backward(path, target)) return "";
  const std::string rooms = path.starts_with("sim/") ? in_order(sim_rooms) : in_order(replay_rooms);
  return "a room includes only those before it (" + rooms + "); move what both need down";
}

std::vector<std::string> tidy_rooms(const std::vector<std::string>& paths) {
  std::vector<std::string> sentences;
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
