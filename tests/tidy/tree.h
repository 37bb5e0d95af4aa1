// Rules about the tree as a whole, which no single file can break: nothing is dead, and what is
// listed in one place is complete there.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace reprise::tests {

// What is wrong with the files, given by path with their texts; a sentence each.
std::vector<std::string> tidy_tree(const std::map<std::string, std::string>& files);

}  // namespace reprise::tests
