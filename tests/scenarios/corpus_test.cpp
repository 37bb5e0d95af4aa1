// The names of scenarios/corpus: a reader who knows the check finds the pair, and the other way
// round.
#include <doctest/doctest.h>

#include <reprise/sim/check_names.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string in_snake_case(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

}  // namespace

TEST_CASE("corpus: each pair is named after the check that finds it and stands in its folder") {
  const std::regex canary(R"re(CANARY\("corpus/([a-z-]+)/[a-z-]+",\s*"([a-z-]+)")re");
  int pairs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/corpus")) {
    if (!entry.is_regular_file()) continue;
    CAPTURE(entry.path().string());
    const std::string text = text_of(entry.path());
    const auto folder = entry.path().parent_path().filename().string();
    const std::sregex_iterator end;
    std::sregex_iterator pair(text.begin(), text.end(), canary);
    CHECK(pair != end);
    for (; pair != end; ++pair, ++pairs) {
      const std::string group = (*pair)[1];
      CHECK(folder == in_snake_case(group));
      if (group != "classic") CHECK(reprise::stands_for(group, (*pair)[2].str()));
    }
  }
  CHECK(pairs >= 70);
}
