// Applies tidy to the source tree in the current folder; exit code 1 if a rule is broken.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/tidy/rooms.h"
#include "tests/tidy/tidy.h"
#include "tests/tidy/tree.h"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> sources() {
  std::vector<std::string> paths;
  const auto add = [&](const fs::directory_entry& entry) {
    const std::string path = entry.path().lexically_normal().generic_string();
    if (path.starts_with("tests/cases/")) return;  // as users write them
    if (path.ends_with(".h") || path.ends_with(".cpp")) paths.push_back(path);
  };
  for (const auto& entry : fs::directory_iterator(".")) add(entry);
  for (const char* folder :
       {"core", "sim", "engines", "replay", "scenarios", "examples", "tests"}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) add(entry);
  }
  std::ranges::sort(paths);
  return paths;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What rules about the whole tree ask for, and no rule about a single file is for.
std::vector<std::string> evidence() {
  std::vector<std::string> paths;
  for (const char* folder : {"tests/cases", "tests/replay/golden", "docs/checks"}) {
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path().generic_string());
    }
  }
  return paths;
}

}  // namespace

int main() {
  const std::vector<std::string> paths = sources();
  int broken = 0;
  for (const std::string& path : paths) {
    for (const auto& complaint : reprise::tests::tidy(path, read(path))) {
      std::printf("%s:%d: %s\n", path.c_str(), complaint.line, complaint.sentence.c_str());
      ++broken;
    }
  }
  std::vector<std::string> sentences = reprise::tests::tidy_rooms(paths);
  std::map<std::string, std::string> files;
  for (const std::string& path : paths) files.emplace(path, read(path));
  for (const std::string& path : evidence()) files.emplace(path, read(path));
  for (std::string& sentence : reprise::tests::tidy_tree(files)) {
    sentences.push_back(std::move(sentence));
  }
  for (const std::string& sentence : sentences) std::printf("%s\n", sentence.c_str());
  broken += static_cast<int>(sentences.size());
  std::printf("%zu files, %d complaints\n", paths.size(), broken);
  // An empty tree would be a wrong working directory, not a tidy one.
  return broken == 0 && !paths.empty() ? 0 : 1;
}
