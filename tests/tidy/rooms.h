// The rooms of sim/ and replay/, and the order in which they stand on each other: a file may
// include what is in its own room or in one before it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

// A sentence about the include of `target` by `path` (both relative to the root) if it goes
// backward in the order of rooms; otherwise empty.
std::string wrong_room_order(std::string_view path, std::string_view target);

// A sentence about each room that has more than 25 units.
std::vector<std::string> tidy_rooms(const std::vector<std::string>& paths);

}  // namespace reprise::tests
