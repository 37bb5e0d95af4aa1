// The files that `reprise new` writes. Their texts are in files/, and contain @NAME@ (the name that
// the user gave) and @Type@ (the same in CamelCase). To add a file, add its text there and its row.
#pragma once

#include <reprise/replay/text/embedded.h>

#include <span>
#include <string>
#include <string_view>

namespace reprise {

struct TemplateFile {
  std::string_view path;         // may contain @NAME@
  std::string_view about;        // a few words
  std::string_view text;         // the name of its file in files/
  std::string_view ending = {};  // likewise, its end, if several files share a beginning
};

/// A machine with a planted bug, a scenario that finds it, and what to type.
std::span<const TemplateFile> folder_templates();
/// The same as a CMake project, with a test and a CI file.
std::span<const TemplateFile> project_templates();

/// Instructions for agents that drive the program.
std::span<const TemplateFile> agents_templates();

/// All of files/.
std::span<const EmbeddedFile> template_files();
/// Without the comments, which the test of the documentation reads.
std::string text_of(const TemplateFile& file);

}  // namespace reprise
