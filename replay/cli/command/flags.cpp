// flags: what to compile and link scenarios with in a build of the user's own.
#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

struct Flags {
  std::vector<std::string> compile;
  std::vector<std::string> compile_c;
  std::vector<std::string> link;
};

// As a shell reads them, and a rule of make.
std::string in_a_line(const std::vector<std::string>& flags) {
  std::string line;
  for (const std::string& flag : flags) {
    if (!line.empty()) line += ' ';
    line += shell_argument(flag);
  }
  return line;
}

std::string as_text(const Flags& flags, FlagsPart part) {
  switch (part) {
    case FlagsPart::compile: return in_a_line(flags.compile) + '\n';
    case FlagsPart::compile_c: return in_a_line(flags.compile_c) + '\n';
    case FlagsPart::link: return in_a_line(flags.link) + '\n';
    case FlagsPart::all: break;
  }
  return fmt::format("REPRISE_CXXFLAGS = {}\nREPRISE_CFLAGS = {}\nREPRISE_LDFLAGS = {}\n",
                     in_a_line(flags.compile), in_a_line(flags.compile_c), in_a_line(flags.link));
}

std::string as_json(const Flags& flags) {
  JsonWriter json;
  json.begin_object()
      .field("format", "reprise-flags/1")
      .field("compile", flags.compile)
      .field("compile_c", flags.compile_c)
      .field("link", flags.link);
  json.end();
  return std::move(json).written();
}

ExitCode print_flags(const CommandOptions& options) {
  const bool needs_c =
      options.flags_part != FlagsPart::compile && options.flags_part != FlagsPart::link;
  const Expected<Compiler> found =
      Compiler::find({.needs_c = needs_c || options.json(), .watch = options.watch});
  if (!found.ok()) {
    complain(found.error());
    return ExitCode::bad_usage;
  }
  const Compiler& compiler = found.value();
  const Flags flags{.compile = compiler.compile_flags(false, options.watch),
                    .compile_c = compiler.compile_flags(true, options.watch),
                    .link = compiler.link_flags(options.watch)};
  print(options.json() ? as_json(flags) : as_text(flags, options.flags_part));
  return ExitCode::clean;
}

}  // namespace

const Command flags_command{
    .name = "flags",
    .argument = {},
    .needs_argument = false,
    .summary = "Prints what to compile and link scenarios with in a build of your own",
    .examples =
        "  reprise flags > reprise.mk\n"
        "  c++ $(reprise flags --compile) -c glue.cpp\n"
        "  cc $(reprise flags --compile-c) -c parser.c\n"
        "  c++ $(reprise flags --link) glue.o parser.o -o harness.so\n"
        "  reprise fuzz harness.so\n",
    .groups = {flags_group},
    .json_schema = "flags",
    .run = print_flags,
};

}  // namespace reprise
