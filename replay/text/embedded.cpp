#include <reprise/replay/text/embedded.h>

#include <reprise/core/assert.h>

#include <algorithm>

namespace reprise {

std::string_view embedded_text(std::span<const EmbeddedFile> files, std::string_view name) {
  const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
  REPRISE_ASSERT(file != files.end(), "no such file is embedded");
  return file->text;
}

}  // namespace reprise
