// schema: the JSON Schemas of what the commands print with --json.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/schemas.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

namespace reprise {

namespace {

// The schemas, and the commands whose --json each describes.
std::string listed_schemas() {
  std::string text;
  for (const std::string& name : schema_names()) {
    std::vector<std::string_view> writers;
    for (const Command* const command : commands()) {
      if (command->json_schema == name) writers.push_back(command->name);
    }
    text += fmt::format("{:<9} {} --json\n", name, fmt::join(writers, ", "));
  }
  return text;
}

ExitCode print_schema(const CommandOptions& options) {
  if (options.arguments.empty()) {
    print(listed_schemas());
    return ExitCode::clean;
  }
  const std::string& name = options.arguments.front();
  const std::string_view schema = schema_text(name);
  if (options.arguments.size() > 1) {
    complain("`schema` takes one SCHEMA");
    return ExitCode::bad_usage;
  }
  if (schema.empty()) {
    complain(
        fmt::format("there is no schema {}{}", in_quotes(name),
                    did_you_mean_phrase(name, schema_names(),
                                        fmt::format("`{} schema` lists them", options.program))));
    return ExitCode::bad_usage;
  }
  print(schema);
  return ExitCode::clean;
}

}  // namespace

const Command schema_command{
    .name = "schema",
    .argument = "SCHEMA",
    .needs_argument = false,
    .summary = "Prints the JSON Schema of what a command prints with --json",
    .examples = "  reprise schema\n  reprise schema report > report.schema.json\n",
    .groups = {},
    .run = print_schema,
};

}  // namespace reprise
