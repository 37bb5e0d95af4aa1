// The parsed and checked command line. An option has the same meaning for every command that takes
// it.
#pragma once

#include <reprise/replay/campaign/campaign.h>
#include <reprise/replay/cli/cli.h>
#include <reprise/replay/report/formats.h>
#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct Command;

/// A report beside what is on stdout: --junit FILE, --github.
struct ReportFile {
  const ReportFormat* format = nullptr;
  std::string path;  // empty if the format has no file
};

/// What `flags` prints.
enum class FlagsPart : std::uint8_t { all, compile, compile_c, link };

struct Engine;
struct TemplateExample;

/// The options of a fleet.
struct FleetOptions {
  std::uint64_t shards = 0;
  std::string resume;                         // the folder of a fleet; empty: a new one
  const Engine* engine = nullptr;             // null: not asked for
  std::optional<std::uint64_t> at_once = {};  // shards at a time
  std::string hosts;                          // of GNU parallel
  std::string image;                          // of Kubernetes' containers
};

struct CommandOptions {
  const Command* command = nullptr;
  std::vector<std::string> arguments;       // patterns, traces, checks
  std::vector<std::string> files;           // to compile or load first, without duplicates
  std::vector<std::string> compiler_flags;  // the arguments after `--`
  bool watch = true;                        // files are compiled with the store watch
  std::vector<std::string> watched;         // patterns for files with the watch; empty: all
  bool asan = false;                        // files are compiled with AddressSanitizer instead

  SearchOptions search;  // --seed, --strategy, --set, --check, -j, --keep-going, --memory ...
  Budget budget;         // --seeds, --for
  std::optional<CaseShard> shard;  // --shard
  bool is_seed_fixed = false;      // not drawn when this program began
  std::string folder = "traces";
  FleetOptions fleet;
  std::uint64_t break_at = 0;
  std::uint64_t campaigns = 20;  // of selftest
  bool markdown = false;
  std::string certificate;  // file to write; empty: none
  std::string compare;      // file to compare with; empty: none
  std::string html;         // file to write; empty: none
  std::string against;      // the trace of the original run; empty: none
  std::string perfetto;     // file to write; empty: none
  bool full = false;
  bool strict = false;
  bool project = false;
  bool agents = false;
  const TemplateExample* example = nullptr;  // of new; null: a machine
  bool names = false;                        // of list
  FlagsPart flags_part = FlagsPart::all;
  std::string cmake;   // file that gets a test; empty: CMakeLists.txt, if it is there
  std::string target;  // program that runs it; empty: found in that file
  const ReportFormat* format = &text_format;  // --json
  std::vector<ReportFile> report_files;       // --junit, --github, --sarif
  bool color = false;                         // on stdout
  bool color_on_stderr = false;
  bool progress = false;  // a bar on stderr; else an occasional plain line
  bool quiet = false;
  bool verbose = false;

  std::string program = "reprise";

  // As the user gave them, without defaults.
  std::vector<std::string> file_arguments;   // --watch, --no-watch, --asan
  std::vector<std::string> run_arguments;    // --profile, --strategy
  std::vector<std::string> check_arguments;  // --check, --no-check, --error

  bool json() const { return format == &json_format; }
  ReportOptions report() const;
};

/// Either options, or a text to print and an exit status: help and version go to stdout, and a
/// sentence about a mistake to stderr.
struct ParsedCommandLine {
  std::optional<CommandOptions> options;
  std::string text;
  ExitCode exit = ExitCode::clean;
};
ParsedCommandLine parse_command_line(const std::string& program,
                                     std::span<const char* const> arguments,
                                     ProgramKind kind = ProgramKind::harness);

inline constexpr std::string_view exit_status_help =
    "  0 clean   1 findings   2 bad usage or input   3 not deterministic\n"
    "  4 incomplete (interrupted, out of time, a shard missing)   5 nothing ran\n"
    "  70 internal error\n";
inline constexpr std::string_view files_help =
    "  Files that end in .cpp .cc .cxx .c++ .C or .c are compiled first, with $CXX\n"
    "  or $CC, and cached in $REPRISE_CACHE or ~/.cache/reprise; a .so is loaded as\n"
    "  it is. Arguments after `--` go to the compiler: -- -O2 -Iinclude -lm\n";

/// An option of a command, as its help has it.
struct OptionHelp {
  std::vector<std::string> names;  // "-j", "--jobs"
  std::string value;               // "N"; empty: it takes none
  std::string text;
};
struct CommandHelp {
  const Command* command = nullptr;
  std::string_view argument;  // what may stand for the command's argument
  bool takes_files = false;   // that are compiled or loaded, see files_help
  std::vector<OptionHelp> options = {};
};
/// All commands, in the order of the help.
std::vector<CommandHelp> command_help();

}  // namespace reprise
