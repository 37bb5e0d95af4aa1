// Session: a page of documentation, done as a reader would do it: from top to bottom, in one folder
// of its own, each file written, each command run, each output compared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/docs/page.h"

namespace reprise::tests {

struct Places {
  std::string tree;     // the root of the sources
  std::string program;  // the built program
  std::string include;  // the folder that <reprise/...> is found in
  std::string folder;   // of the session; it is emptied
  std::string cache;    // for what is compiled
};

struct SessionReport {
  int files = 0;     // written or changed
  int compiled = 0;  // fragments, and files that no command names
  int commands = 0;
  int excerpts = 0;                   // of files of the tree
  std::vector<std::string> untested;  // each with its line and its reason
  std::vector<std::string> wrong;     // empty: the page is true
};

/// Paths in `places` are absolute.
SessionReport run_session(const Page& page, const Places& places);

/// Whether `printed` is what the page says: `...` stands for any text, alone in a line for any
/// lines, and lines that say what is compiled, which depends on a cache, do not count.
bool is_output(const std::vector<std::string>& said, std::string_view printed);

}  // namespace reprise::tests
