// The rooms of sim/ and replay/, and the order in which they stand on each other: a file may
// include what is in its own room or in one before it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

// A sentence about the include of `target` by `path` (both relative to the root) if it goes
// backward in the order of rooms and is not one of known_backward_includes(); otherwise empty.
std::string wrong_room_order(std::string_view path, std::string_view target);

struct BackwardInclude {
  std::string_view path, target;
};

// Includes against the order that are still there. This list may only become shorter.
const std::vector<BackwardInclude>& known_backward_includes();

// What is wrong with the tree as a whole, a sentence each: a room with more than 25 units, or an
// entry of known_backward_includes() that is no longer needed. `includes` says whether a file has
// an include.
std::vector<std::string> tidy_rooms(const std::vector<std::string>& paths,
                                    bool (*includes)(std::string_view path,
                                                     std::string_view target));

}  // namespace reprise::tests
