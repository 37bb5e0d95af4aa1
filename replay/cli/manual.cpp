#include <reprise/replay/cli/manual.h>

#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/trace/build_info.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

// Plain text: no character of it means anything to roff, and all stay ASCII in every output.
std::string roff_text(std::string_view text) {
  std::string out;
  bool begins = true;  // a line, where a dot and a quote would begin a request
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) out += "\\&";
    switch (c) {
      case '\\': out += "\\e"; break;
      case '-': out += "\\-"; break;
      case '`': out += "\\(ga"; break;
      case '\'': out += "\\(aq"; break;
      case '^': out += "\\(ha"; break;
      case '~': out += "\\(ti"; break;
      default: out += c;
    }
    begins = c == '\n';
  }
  return out;
}

// A text of the help, which stands there without a full stop.
std::string roff_sentence(std::string_view text) { return roff_text(text) + ".\n"; }

class ManualWriter {
 public:
  ManualWriter(std::string_view name, std::string_view summary) {
    std::string title(name);
    for (char& c : title) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    add(".TH {} 1 \"\" \"Reprise {}\" \"Reprise\"\n", roff_text(title), build_info().version);
    section("NAME");
    add("{} \\- {}\n", roff_text(name), roff_text(summary));
  }

  void section(std::string_view title) { add(".SH {}\n", title); }
  void add_line(std::string_view roff) { add("{}\n", roff); }
  void sentence(std::string_view text) { out_ += roff_sentence(text); }

  // An item with a bold head, and what it is.
  void item(std::string_view head, std::string_view text) {
    add(".TP\n{}\n", head);
    sentence(text);
  }

  // Lines as they are.
  void verbatim(std::string_view text) { add(".nf\n{}.fi\n", roff_text(text)); }

  void exit_status() {
    section("\"EXIT STATUS\"");
    verbatim(exit_status_help);
  }

  void see_also(const std::vector<std::string>& pages) {
    section("\"SEE ALSO\"");
    for (const std::string& page : pages) {
      add(".BR {} (1){}\n", roff_text(page), page == pages.back() ? "" : ",");
    }
  }

  std::string text() && { return std::move(out_); }

 private:
  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
  }

  std::string out_;
};

std::string page_name(const std::string& program, const Command& command) {
  return fmt::format("{}-{}", program, command.name);
}

std::string option_head(const OptionHelp& option) {
  std::string head;
  for (const std::string& name : option.names) {
    head += fmt::format("{}\\fB{}\\fR", head.empty() ? "" : ", ", roff_text(name));
  }
  if (!option.value.empty()) head += fmt::format(" \\fI{}\\fR", roff_text(option.value));
  return head;
}

std::string command_page(const std::string& program, const CommandHelp& help) {
  const Command& command = *help.command;
  ManualWriter page(page_name(program, command), command.summary);
  page.section("SYNOPSIS");
  std::string synopsis = fmt::format("\\fB{} {}\\fR", roff_text(program), roff_text(command.name));
  if (!command.argument.empty()) {
    const std::string argument = fmt::format("\\fI{}\\fR...", roff_text(command.argument));
    synopsis += command.needs_argument ? ' ' + argument : fmt::format(" [{}]", argument);
  }
  page.add_line(synopsis + " [\\fIOPTIONS\\fR]");
  page.section("DESCRIPTION");
  page.sentence(command.summary);
  if (!command.argument.empty()) {
    page.item(fmt::format("\\fI{}\\fR", roff_text(command.argument)), help.argument);
  }
  page.section("OPTIONS");
  for (const OptionHelp& option : help.options) page.item(option_head(option), option.text);
  if (help.takes_files) {
    page.section("FILES");
    page.verbatim(files_help);
  }
  page.section("EXAMPLES");
  page.verbatim(command.examples);
  page.exit_status();
  page.see_also({program});
  return std::move(page).text();
}

std::string program_page(const std::string& program, const std::vector<CommandHelp>& commands) {
  ManualWriter page(program, "deterministic simulation testing for code that does I/O by yielding");
  page.section("SYNOPSIS");
  page.add_line(fmt::format("\\fB{}\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]",
                            roff_text(program)));
  page.section("DESCRIPTION");
  page.add_line(
      "Runs machines that do I/O by yielding on a simulated disk and clock, which reorder, delay,\n"
      "fail, cut short and cancel I/O, and checks what must hold. A finding comes with a trace, a\n"
      "small file that makes the same run again.");
  page.section("COMMANDS");
  std::vector<std::string> names;
  for (const CommandHelp& help : commands) {
    page.item(fmt::format("\\fB{}\\fR", roff_text(help.command->name)), help.command->summary);
    names.push_back(page_name(program, *help.command));
  }
  page.section("OPTIONS");
  page.item("\\fB\\-h\\fR, \\fB\\-\\-help\\fR",
            "Prints an overview; behind a command, its options");
  page.item("\\fB\\-\\-version\\fR", "Prints the version, and how the program was built");
  page.section("EXAMPLES");
  for (const CommandHelp& help : commands) {
    const std::string_view examples = help.command->examples;
    page.verbatim(examples.substr(0, examples.find('\n') + 1));
  }
  page.exit_status();
  page.see_also(names);
  return std::move(page).text();
}

}  // namespace

std::vector<ManualPage> manual_pages(const std::string& program) {
  const std::vector<CommandHelp> commands = command_help();
  std::vector<ManualPage> pages = {{program, program_page(program, commands)}};
  for (const CommandHelp& help : commands) {
    pages.push_back({page_name(program, *help.command), command_page(program, help)});
  }
  return pages;
}

}  // namespace reprise
