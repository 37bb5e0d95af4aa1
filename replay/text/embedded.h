// Embedded files: texts of the source tree that the build puts into the program, by the function
// embed_files() of cmake/embed_files.cmake.
#pragma once

#include <span>
#include <string_view>

namespace reprise {

struct EmbeddedFile {
  std::string_view name;  // without its folder
  std::string_view text;
};

/// The text of the file `name`, which must be there.
std::string_view embedded_text(std::span<const EmbeddedFile> files, std::string_view name);

}  // namespace reprise
