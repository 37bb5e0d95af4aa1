// The files that `reprise new` writes. Their texts are in files/, and contain @NAME@ (the name that
// the user gave), @Type@ (the same in CamelCase), @name@ (the same as C has names), and @FILES@
// (those to compile). To add a file, add its text there and its row; to add an example, its row.
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

/// A kind of code to begin with: `option` chooses it, and `sources` are compiled.
struct TemplateExample {
  std::string_view option;  // "--server"
  std::string_view help;
  std::string_view sources;  // contain @NAME@
  std::string_view aim;      // of the command to go on with
  std::span<const TemplateFile> files;
};

/// A machine with a planted bug, a scenario that finds it, and what to type. Has no option.
const TemplateExample& machine_example();
/// The others, each with a planted bug that is switched on.
std::span<const TemplateExample> template_examples();
/// The machine as a CMake project, with a test and a CI file.
std::span<const TemplateFile> project_templates();

/// Instructions for agents that drive the program.
std::span<const TemplateFile> agents_templates();

/// All of files/.
std::span<const EmbeddedFile> template_files();
/// Without the comments, which the test of the documentation reads.
std::string text_of(const TemplateFile& file);

}  // namespace reprise
