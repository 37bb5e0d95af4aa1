#include "tests/support/golden.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "tests/support/temporary_folder.h"

namespace reprise::tests {

void compare_with_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path("tests/replay/golden") / (name + ".txt");
  const char* const mode = std::getenv("REPRISE_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "write") {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  REQUIRE_MESSAGE(std::filesystem::exists(path), path.string()
                                                     << ": the tests run in the source tree");
  const std::string golden = TemporaryFolder::read(path.string());
  CHECK_MESSAGE(text == golden, "is:\n" << text << "\nshould be:\n" << golden);
}

}  // namespace reprise::tests
