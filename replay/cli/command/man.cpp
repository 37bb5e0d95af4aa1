// man: the pages for `man`.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/manual.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/file.h>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

namespace {

namespace fs = std::filesystem;

ExitCode refuse_page(std::string_view sentence) {
  complain(sentence);
  return ExitCode::bad_usage;
}

ExitCode write_pages(const std::vector<ManualPage>& pages, const std::string& folder) {
  if (const auto wrong = prepare_folder(folder)) return refuse_page(*wrong);
  for (const ManualPage& page : pages) {
    const std::string path = (fs::path(folder) / (page.name + ".1")).string();
    if (const auto wrong = write_file_text(path, page.text)) return refuse_page(*wrong);
  }
  print(fmt::format("{}: {} were written\n", escaped(folder), counted(pages.size(), "page")));
  return ExitCode::clean;
}

ExitCode print_manual(const CommandOptions& options) {
  const std::string program = fs::path(options.program).filename().string();
  const std::vector<ManualPage> pages = manual_pages(program);
  if (!options.folder.empty()) {
    if (!options.arguments.empty()) return refuse_page("--out writes all pages: name none");
    return write_pages(pages, options.folder);
  }
  if (options.arguments.size() > 1) return refuse_page("`man` prints one PAGE");
  const std::string wanted =
      options.arguments.empty() ? program : program + '-' + options.arguments.front();
  for (const ManualPage& page : pages) {
    if (page.name != wanted) continue;
    print(page.text);
    return ExitCode::clean;
  }
  const std::string& name = options.arguments.front();
  return refuse_page(fmt::format("there is no command {}{}", in_quotes(name),
                                 did_you_mean_phrase(name, command_names())));
}

}  // namespace

const Command man_command{
    .name = "man",
    .argument = "PAGE",
    .needs_argument = false,
    .summary = "Prints the manual page of the program or of a command",
    .examples =
        "  reprise man fuzz | man -l -\n"
        "  reprise man --out ~/.local/share/man/man1\n",
    .groups = {manual_group},
    .run = print_manual,
};

}  // namespace reprise
