#include <reprise/replay/cli/completions.h>

#include <reprise/replay/campaign/portfolio.h>
#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/explain/explain.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/cli/schemas.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/units.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/strategy/profile.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace reprise {

namespace {

// What may stand for an option's value or a command's argument.
struct Values {
  std::vector<std::string> words = {};
  bool files = false;
  bool scenarios = false;
};

std::vector<std::string> strategies() {
  std::vector<std::string> names = strategy_choice_names();
  if (std::ranges::find(names, portfolio_name) == names.end()) names.emplace_back(portfolio_name);
  return names;
}

Values values_of(const OptionHelp& option) {
  const std::string& name = option.names.back();
  if (option.value == "CHECK") return {.words = check_names()};
  if (option.value == "WHEN") return {.words = {"always", "never", "auto"}};
  if (option.value == "FILE" || option.value == "FOLDER" || option.value == "TRACE") {
    return {.files = true};
  }
  if (name == "--strategy") return {.words = strategies()};
  if (name == "--profile") {
    return {.words = {built_in_profiles().begin(), built_in_profiles().end()}, .files = true};
  }
  return {};
}

Values values_of(const Command& command) {
  if (command.argument == "SCENARIO") return {.files = true, .scenarios = true};
  if (command.argument == "PAIR" || command.argument == "FILE" || command.argument == "TRACE") {
    return {.files = true};
  }
  if (command.argument == "SHELL") {
    return {.words = {completed_shells().begin(), completed_shells().end()}};
  }
  if (command.argument == "SCHEMA") return {.words = schema_names()};
  if (command.argument == "PAGE") return {.words = command_names()};
  if (command.argument != "TOPIC") return {};
  Values values{.words = check_names()};
  for (const std::string& topic : explained_topics()) values.words.push_back(topic);
  return values;
}

std::vector<std::string> option_names(const CommandHelp& help) {
  std::vector<std::string> names;
  for (const OptionHelp& option : help.options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

// The part of a function's name that stands for the program.
std::string function_part(std::string_view program) {
  std::string part;
  for (const char c : program) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    part += is_plain ? c : '_';
  }
  return part;
}

// In single quotes.
std::string zsh_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

// --- bash ---

std::string bash_values(const Values& values, std::string_view function) {
  std::string text;
  if (!values.words.empty()) {
    text += fmt::format(" {}_words {};", function, fmt::join(values.words, " "));
  }
  if (values.scenarios) text += fmt::format(" {}_scenarios;", function);
  if (values.files) text += fmt::format(" {}_files;", function);
  return text.empty() ? " :;" : text;
}

std::string bash_script(const std::string& program) {
  const std::string function = "_" + function_part(program);
  std::string commands;
  std::string options;
  std::string arguments;
  std::map<std::string, std::string> by_option;  // an option means the same to each command
  for (const CommandHelp& help : command_help()) {
    const std::string_view name = help.command->name;
    commands += (commands.empty() ? "" : " ") + std::string(name);
    options += fmt::format("      {}) {}_words {} ;;\n", name, function,
                           fmt::join(option_names(help), " "));
    arguments += fmt::format("    {}){};\n", name, bash_values(values_of(*help.command), function));
    for (const OptionHelp& option : help.options) {
      if (option.value.empty()) continue;
      by_option[fmt::to_string(fmt::join(option.names, "|"))] =
          bash_values(values_of(option), function);
    }
  }
  std::string values;
  for (const auto& [names, action] : by_option) {
    values += fmt::format("    {}){} return ;;\n", names, action);
  }
  return fmt::format(
      R"(# Completion for bash. To use it: source <({1} completions bash)
{0}_words() {{
  local word
  for word in "$@"; do
    if [[ $word == "${{COMP_WORDS[COMP_CWORD]}}"* ]]; then
      printf -v word %q "$word"
      COMPREPLY+=("$word")
    fi
  done
}}
{0}_scenarios() {{
  local names
  mapfile -t names < <("${{COMP_WORDS[0]}}" list --names 2>/dev/null)
  {0}_words "${{names[@]}}"
}}
{0}_files() {{
  local file
  while IFS= read -r file; do
    if [ -d "$file" ]; then file+=/; fi
    printf -v file %q "$file"
    COMPREPLY+=("$file")
  done < <(compgen -f -- "${{COMP_WORDS[COMP_CWORD]}}")
  if [[ ${{#COMPREPLY[@]}} -eq 1 && ${{COMPREPLY[0]}} == */ ]]; then
    compopt -o nospace 2>/dev/null
  fi
}}
{0}() {{
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    {0}_words {2} --help --version
    return
  fi
  case "${{COMP_WORDS[COMP_CWORD-1]}}" in
{3}  esac
  if [[ ${{COMP_WORDS[COMP_CWORD]}} == -* ]]; then
    case "${{COMP_WORDS[1]}}" in
{4}    esac
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{5}  esac
}}
complete -F {0} {1}
)",
      function, shell_argument(program), commands, values, options, arguments);
}

// --- zsh ---

// A part of an argument's description, which ends at `]` or `:`.
std::string zsh_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\[]:").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_values(const Values& values, std::string_view function) {
  if (values.scenarios) return fmt::format("{}_scenarios", function);
  if (values.words.empty()) return values.files ? "_files" : " ";
  const std::string words = fmt::to_string(fmt::join(values.words, " "));
  return values.files ? fmt::format("{{compadd {}; _files}}", words) : fmt::format("({})", words);
}

std::string zsh_script(const std::string& program) {
  const std::string function = "_" + function_part(program);
  std::string commands;
  std::string cases;
  for (const CommandHelp& help : command_help()) {
    const std::string_view name = help.command->name;
    commands += fmt::format(
        "      {}\n", zsh_quoted(fmt::format("{}:{}", name, zsh_part(help.command->summary))));
    cases += fmt::format("    {})\n      _arguments", name);
    for (const OptionHelp& option : help.options) {
      for (const std::string& spelt : option.names) {
        std::string spec = fmt::format("*{}[{}]", spelt, zsh_part(option.text));
        if (!option.value.empty()) {
          spec += fmt::format(":{}:{}", option.value, zsh_values(values_of(option), function));
        }
        cases += " \\\n        " + zsh_quoted(spec);
      }
    }
    if (!help.command->argument.empty()) {
      cases +=
          " \\\n        " + zsh_quoted(fmt::format("*:{}:{}", help.command->argument,
                                                   zsh_values(values_of(*help.command), function)));
    }
    cases += "\n      ;;\n";
  }
  return fmt::format(
      R"(#compdef {1}
# Completion for zsh. To use it: source <({1} completions zsh)
# or keep it as {0} in a folder of $fpath.
{0}_scenarios() {{
  local -a names
  names=("${{(@f)$("$reprise_program" list --names 2>/dev/null)}}")
  compadd -a names
  _files
}}
{0}() {{
  local reprise_program=$words[1]
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(
{2}    )
    _describe -t commands command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{3}  esac
}}
if [ "$funcstack[1]" = {0} ]; then {0} "$@"; else compdef {0} {1}; fi
)",
      function, shell_argument(program), commands, cases);
}

// --- fish ---

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string fish_values(const Values& values, std::string_view function) {
  std::string text = values.files ? " -F" : "";
  if (values.scenarios) text += fmt::format(" -a '({}_scenarios)'", function);
  if (!values.words.empty()) {
    text += " -a " + fish_quoted(fmt::to_string(fmt::join(values.words, " ")));
  }
  return text;
}

std::string fish_script(const std::string& program) {
  const std::string function = "__" + function_part(program);
  const std::string complete = "complete -c " + fish_quoted(escaped(program));
  std::string text = fmt::format(
      "# Completion for fish. To use it: {0} completions fish | source\n"
      "function {1}_scenarios\n"
      "    set -l words (commandline -opc)\n"
      "    $words[1] list --names 2>/dev/null\n"
      "end\n"
      "{2} -f\n",
      shell_argument(program), function, complete);
  for (const CommandHelp& help : command_help()) {
    text += fmt::format("{} -n __fish_use_subcommand -a {} -d {}\n", complete, help.command->name,
                        fish_quoted(help.command->summary));
  }
  for (const CommandHelp& help : command_help()) {
    const std::string here =
        fmt::format("{} -n '__fish_seen_subcommand_from {}'", complete, help.command->name);
    const std::string argument = fish_values(values_of(*help.command), function);
    if (!argument.empty()) text += here + argument + '\n';
    for (const OptionHelp& option : help.options) {
      text += here;
      for (const std::string& name : option.names) {
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.value.empty()) text += " -r" + fish_values(values_of(option), function);
      text += fmt::format(" -d {}\n", fish_quoted(option.text));
    }
  }
  return text;
}

}  // namespace

std::span<const std::string_view> completed_shells() {
  static constexpr std::array<std::string_view, 3> all = {"bash", "zsh", "fish"};
  return all;
}

std::string completion_script(std::string_view shell, const std::string& program) {
  if (shell == "bash") return bash_script(program);
  return shell == "zsh" ? zsh_script(program) : fish_script(program);
}

}  // namespace reprise
