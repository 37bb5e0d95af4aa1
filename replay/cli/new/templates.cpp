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

std::span<const TemplateFile> folder_templates() { return folder_files; }
std::span<const TemplateFile> project_templates() { return project_files; }
std::span<const TemplateFile> agents_templates() { return agents_files; }

std::string text_of(const TemplateFile& file) {
  std::string text(embedded_text(template_files(), file.text));
  if (!file.ending.empty()) text += embedded_text(template_files(), file.ending);
  return without_comments(text);
}

}  // namespace reprise
