// list: the scenarios that there are.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/streams.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/text/terminal_style.h>
#include <reprise/replay/text/units.h>
#include <reprise/replay/trace/trace.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace reprise {

namespace {

std::string list_as_json(const std::vector<const Scenario*>& all) {
  JsonWriter json;
  json.begin_object().field("format", "reprise-list/1").key("scenarios").begin_list();
  for (const Scenario* const scenario : all) {
    json.begin_object(JsonWriter::Layout::line).field("name", scenario->name);
    json.key("canary").boolean(scenario->canary).field("finds", scenario->finds).end();
  }
  json.end().end();
  return std::move(json).written();
}

std::string list_as_names(const std::vector<const Scenario*>& all) {
  std::string text;
  for (const Scenario* const scenario : all) text += scenario->name + '\n';
  return text;
}

std::string list_as_text(const std::vector<const Scenario*>& all) {
  std::size_t width = 0;
  for (const Scenario* const scenario : all) width = std::max(width, scenario->name.size());
  std::string text;
  std::size_t canaries = 0;
  for (const Scenario* const scenario : all) {
    std::string note;
    if (scenario->broken()) note = "has a bug on purpose: found by " + scenario->finds;
    if (scenario->canary && !scenario->broken()) note = "the same, mended: clean";
    if (scenario->canary) ++canaries;
    text += note.empty() ? scenario->name + '\n'
                         : fmt::format("{:<{}}  {}\n", scenario->name, width, note);
  }
  return text + fmt::format("{}, {} of them in canary pairs: a planted bug, and its mended twin\n",
                            counted(all.size(), "scenario"), canaries);
}

ExitCode list_scenarios(const CommandOptions& options) {
  std::vector<const Scenario*> all;
  if (options.arguments.empty()) {
    for (const Scenario& scenario : scenarios()) all.push_back(&scenario);
  } else {
    ChosenScenarios chosen = choose_scenarios(options);
    if (chosen.exit != ExitCode::clean) return chosen.exit;
    all = std::move(chosen.scenarios);
  }
  print(options.json()  ? list_as_json(all)
        : options.names ? list_as_names(all)
                        : list_as_text(all));
  return ExitCode::clean;
}

}  // namespace

const Command list_command{
    .name = "list",
    .argument = "SCENARIO",
    .needs_argument = false,
    .summary = "Lists scenarios",
    .examples = "  reprise list\n  reprise list 'pager/*' --json\n",
    .groups = {names_group, files_group},
    .traits = {.file_scenarios = FileScenarios::all},
    .json_schema = "list",
    .run = list_scenarios,
};

}  // namespace reprise
