// What `reprise new` writes, as texts with @NAME@ (as the user gave it) and @Type@ (the same in
// CamelCase) in them. To add a file, add a text and its row.
#pragma once

#include <span>
#include <string_view>

namespace reprise {

struct TemplateFile {
  std::string_view path;   // with @NAME@ in it
  std::string_view about;  // a few words
  std::string_view text;
  std::string_view ending = {};  // of the text, where several files begin alike
};

/// A machine with a planted bug, a scenario that finds it, and what to type.
std::span<const TemplateFile> folder_templates();
/// The same as a CMake project, with a test and a CI file.
std::span<const TemplateFile> project_templates();

}  // namespace reprise
