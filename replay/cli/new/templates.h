// The files that `reprise new` writes. Their texts stand in files/, with @NAME@ (as the user gave it)
// and @Type@ (the same in CamelCase) in them. To add a file, add its text there and its row here.
#pragma once

#include <reprise/replay/text/embedded.h>

#include <span>
#include <string>
#include <string_view>

namespace reprise {

struct TemplateFile {
  std::string_view path;         // with @NAME@ in it
  std::string_view about;        // a few words
  std::string_view text;         // the name of its file in files/
  std::string_view ending = {};  // likewise, of its end, where several files begin alike
};

/// A machine with a planted bug, a scenario that finds it, and what to type.
std::span<const TemplateFile> folder_templates();
/// The same as a CMake project, with a test and a CI file.
std::span<const TemplateFile> project_templates();

/// All of files/.
std::span<const EmbeddedFile> template_files();
std::string text_of(const TemplateFile& file);

}  // namespace reprise
