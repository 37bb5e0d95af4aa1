// explain: what the checks mean, and topics besides.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/explain/explain.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/terminal_style.h>

#include <fmt/format.h>

#include <utility>

namespace reprise {

namespace {

std::string explained_list(const std::string& program) {
  std::string text = "Checks:\n";
  for (const std::string& check : check_names()) {
    text += fmt::format("  {:<22} {}\n", check, summary_of(check));
  }
  text += "\nTopics:\n";
  for (const std::string& topic : explained_topics()) {
    text += fmt::format("  {:<22} {}\n", topic, summary_of(topic));
  }
  return text + fmt::format("\n`{} explain NAME` says more.\n", program);
}

// What `explain` knows: the checks, then the topics.
std::vector<std::string> explained_names() {
  std::vector<std::string> names = check_names();
  for (std::string& topic : explained_topics()) names.push_back(std::move(topic));
  return names;
}

std::string explanations_as_json(const std::vector<std::string>& checks) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-explain/1").key("checks").begin_list();
  for (const std::string& check : checks) {
    json.begin_object().field("check", check).field("summary", summary_of(check));
    json.field("text", explanation_of(check)).end();
  }
  json.end().end();
  return std::move(json).written();
}

ExitCode explain_names(const CommandOptions& options) {
  for (const std::string& name : options.arguments) {
    if (!explanation_of(name).empty()) continue;
    complain(
        fmt::format("there is no check and no topic {}{}", in_quotes(name),
                    did_you_mean_phrase(name, explained_names(),
                                        fmt::format("`{} explain` lists them", options.program))));
    return ExitCode::bad_usage;
  }
  std::vector<std::string> names;
  for (const std::string& word : options.arguments) names.emplace_back(explained_page(word));
  if (options.json()) {
    print(explanations_as_json(names.empty() ? explained_names() : names));
    return ExitCode::clean;
  }
  constexpr std::size_t columns = 80;
  if (names.empty()) print(wrapped(explained_list(options.program), columns));
  const TerminalStyle paint(options.color);
  for (const std::string& name : names) {
    std::string head = wrapped(fmt::format("{}: {}", name, summary_of(name)), columns);
    head.replace(0, name.size(), paint(TextStyle::strong, name));
    print(fmt::format("{}{}\n\n{}", name == names.front() ? "" : "\n", head, explanation_of(name)));
  }
  return ExitCode::clean;
}

}  // namespace

const Command explain_command{
    .name = "explain",
    .argument = "TOPIC",
    .needs_argument = false,
    .summary = "Explains what a check means, and how to mend what it finds",
    .examples = "  reprise explain double-mutation\n",
    .groups = {},
    .json_schema = "explain",
    .run = explain_names,
};

}  // namespace reprise
