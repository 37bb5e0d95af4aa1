#include <reprise/replay/cli/schemas.h>

#include <algorithm>

namespace reprise {

namespace {

constexpr std::string_view extension = ".json";

std::string_view schema_name(const EmbeddedFile& file) {
  return file.name.substr(0, file.name.size() - extension.size());
}

}  // namespace

std::vector<std::string> schema_names() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : schema_files()) names.emplace_back(schema_name(file));
  std::ranges::sort(names);
  return names;
}

std::string_view schema_text(std::string_view name) {
  for (const EmbeddedFile& file : schema_files()) {
    if (schema_name(file) == name) return file.text;
  }
  return {};
}

}  // namespace reprise
