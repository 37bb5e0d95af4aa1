// FileContents: a file of the simulated disk, as a run left it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace reprise {

/// A file's name and bytes.
struct FileContents {
  std::string path;
  std::vector<std::byte> bytes;
};

}  // namespace reprise
