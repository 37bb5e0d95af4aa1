#include <reprise/replay/cli/new/templates.h>
#include <reprise/replay/text/markdown.h>

#include <array>

namespace reprise {

namespace {

constexpr TemplateFile machine_file = {
    .path = "@NAME@.h", .about = "the machine, with a bug planted in it", .text = "machine.h.in"};
constexpr TemplateFile scenario_file = {
    .path = "@NAME@.cpp", .about = "the scenario", .text = "scenario.cpp.in"};

constexpr TemplateFile readme(std::string_view ending) {
  return {.path = "README.md",
          .about = "what to type, and how to mend the bug",
          .text = "README.md.in",
          .ending = ending};
}

constexpr std::array folder_files = {machine_file, scenario_file, readme("README-folder.md.in")};

constexpr TemplateFile example_readme(std::string_view beginning) {
  return {.path = "README.md",
          .about = "what to type",
          .text = beginning,
          .ending = "README-planted.md.in"};
}

constexpr std::array c_library_files = {
    TemplateFile{.path = "@NAME@.h", .about = "a library in C", .text = "c-library.h.in"},
    TemplateFile{.path = "@NAME@.c",
                 .about = "its code, with a bug that can be switched on",
                 .text = "c-library.c.in"},
    TemplateFile{.path = "@NAME@.cpp", .about = "glue and a scenario", .text = "c-library.cpp.in"},
    example_readme("README-c-library.md.in")};

constexpr std::array server_files = {
    TemplateFile{.path = "@NAME@.h",
                 .about = "a server, with a bug that can be switched on",
                 .text = "server.h.in"},
    TemplateFile{.path = "@NAME@.cpp", .about = "clients and a scenario", .text = "server.cpp.in"},
    example_readme("README-server.md.in")};

constexpr std::array storage_engine_files = {
    TemplateFile{.path = "@NAME@.h",
                 .about = "a storage engine, with a bug that can be switched on",
                 .text = "storage-engine.h.in"},
    TemplateFile{.path = "@NAME@.cpp",
                 .about = "a scenario that loses the power",
                 .text = "storage-engine.cpp.in"},
    example_readme("README-storage-engine.md.in")};

constexpr std::string_view test_aim = "Test it";

constexpr std::array examples = {
    TemplateExample{.option = "--c-library",
                    .help = "Writes a library in C that says EAGAIN, and its glue",
                    .sources = "@NAME@.cpp @NAME@.c",
                    .aim = test_aim,
                    .files = c_library_files},
    TemplateExample{.option = "--server",
                    .help = "Writes a server, and clients on a simulated network",
                    .sources = "@NAME@.cpp",
                    .aim = test_aim,
                    .files = server_files},
    TemplateExample{.option = "--storage-engine",
                    .help = "Writes a storage engine whose disk loses power",
                    .sources = "@NAME@.cpp",
                    .aim = test_aim,
                    .files = storage_engine_files}};

constexpr TemplateExample machine = {.option = {},
                                     .help = {},
                                     .sources = "@NAME@.cpp",
                                     .aim = "Find the bug",
                                     .files = folder_files};

constexpr std::array project_files = {
    machine_file,
    scenario_file,
    TemplateFile{.path = "CMakeLists.txt",
                 .about = "a harness program, and its tests",
                 .text = "CMakeLists.txt.in"},
    TemplateFile{.path = ".github/workflows/reprise.yml",
                 .about = "the same on each push",
                 .text = "reprise.yml.in"},
    TemplateFile{.path = ".gitignore", .about = "build products", .text = "gitignore.in"},
    readme("README-project.md.in"),
};

constexpr std::array agents_files = {
    TemplateFile{.path = "AGENTS.md",
                 .about = "how to drive reprise: commands, exit statuses, a loop",
                 .text = "AGENTS.md.in"},
};

}  // namespace

const TemplateExample& machine_example() { return machine; }
std::span<const TemplateExample> template_examples() { return examples; }
std::span<const TemplateFile> project_templates() { return project_files; }
std::span<const TemplateFile> agents_templates() { return agents_files; }

std::string text_of(const TemplateFile& file) {
  std::string text(embedded_text(template_files(), file.text));
  if (!file.ending.empty()) text += embedded_text(template_files(), file.ending);
  return without_comments(text);
}

}  // namespace reprise
