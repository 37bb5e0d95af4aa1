// Manual: the pages for `man`, made of the same tables as the help.
#pragma once

#include <string>
#include <vector>

namespace reprise {

struct ManualPage {
  std::string name;  // `reprise`, `reprise-fuzz`: the file is this and `.1`
  std::string text;  // roff, with the macros of man(7)
};

/// The page of the program, then one for each command. `program` is the name that is typed, without
/// its folder.
std::vector<ManualPage> manual_pages(const std::string& program);

}  // namespace reprise
