// The commands, with what each takes and what its help says.
#pragma once

#include <array>
#include <string_view>

namespace reprise {

// Groups of options; a command takes some of them.
enum Takes : unsigned {
  takes_seed = 1U << 0U,
  takes_amount = 1U << 1U,    // --seeds
  takes_time = 1U << 2U,      // --for
  takes_jobs = 1U << 3U,      // -j
  takes_folder = 1U << 4U,    // --out, --full
  takes_strategy = 1U << 5U,  // --strategy, --profile
  takes_run = 1U << 6U,       // --check, --no-check, --set
  takes_replay = 1U << 7U,    // --strict, --break-at
  takes_hang = 1U << 8U,
  takes_keep_going = 1U << 9U,
  takes_checks = 1U << 10U,  // --check, --no-check, --error
  takes_files = 1U << 11U,   // source files among the arguments, --no-watch, -- flags
  takes_project = 1U << 12U,
  takes_campaigns = 1U << 14U,  // --campaigns, --markdown
  takes_sweep = 1U << 13U,      // --distance, --plans, --certificate, --compare
};

struct Command {
  std::string_view name;
  std::string_view argument;  // empty: none
  bool needs_argument = true;
  unsigned takes = 0;
  std::string_view summary;
  std::string_view examples;
};

inline constexpr unsigned takes_campaign = takes_jobs | takes_folder | takes_run | takes_checks |
                                           takes_hang | takes_keep_going | takes_time | takes_files;

inline constexpr std::array commands = {
    Command{"run", "SCENARIO", true,
            takes_seed | takes_folder | takes_strategy | takes_run | takes_checks | takes_hang |
                takes_files,
            "One run, made by a strategy from a seed",
            "  reprise run pager/clients --seed 0x5eed\n"
            "  reprise run reentry/counter-add/broken --strategy lazy\n"},
    Command{"fuzz", "SCENARIO", true, takes_campaign | takes_seed | takes_amount | takes_strategy,
            "The calm runs, the sweep, then random runs",
            "  reprise fuzz my_machine.cpp\n"
            "  reprise fuzz 'pager/*' --for 30s\n"
            "  reprise fuzz pager/clients --seed 7 --seeds 100000 --keep-going\n"},
    Command{"sweep", "SCENARIO", true, takes_campaign | takes_seed | takes_sweep,
            "Every plan that differs from a calm run in one place, or in two",
            "  reprise sweep pager/clients\n"
            "  reprise sweep my_machine.cpp --distance 2\n"
            "  reprise sweep 'pager/*' --certificate now.json --compare last.json\n"},
    Command{"replay", "FILE", true, takes_replay | takes_checks | takes_hang | takes_files,
            "Runs traces again; a folder stands for its *.json",
            "  reprise replay traces/double-mutation-reentry-counter-add-broken-9f2c.json "
            "--break-at 5\n"
            "  reprise replay my_machine.cpp traces --strict\n"},
    Command{"shrink", "FILE", true,
            takes_time | takes_folder | takes_checks | takes_hang | takes_files,
            "Makes a trace smaller",
            "  reprise shrink traces/invariant-pager-takes-short-write-broken-9329.json\n"},
    Command{"show", "FILE", true, 0, "Prints what a trace says",
            "  reprise show traces/double-mutation-reentry-counter-add-broken-9f2c.json\n"},
    Command{"list", "SCENARIO", false, takes_files, "Lists scenarios",
            "  reprise list\n  reprise list 'pager/*' --json\n"},
    Command{"selftest", "PAIR", false,
            takes_seed | takes_amount | takes_jobs | takes_strategy | takes_hang | takes_files |
                takes_campaigns,
            "Are the planted bugs found, and their mended twins left alone?",
            "  reprise selftest\n  reprise selftest 'reentry/*' --seeds 5000\n"},
    Command{"explain", "TOPIC", false, 0, "What a check means, and how to mend what it finds",
            "  reprise explain double-mutation\n"},
    Command{"new", "NAME", true, takes_project,
            "Writes a machine with a planted bug, and a scenario that finds it",
            "  reprise new my-machine\n  reprise new my-machine --project\n"},
};

inline constexpr std::string_view exit_status_help =
    "Exit status:\n"
    "  0 clean   1 findings   2 bad usage or input   3 not deterministic\n"
    "  4 incomplete (interrupted, or out of time)   5 nothing ran   70 our own fault\n";

inline constexpr std::string_view files_help =
    "Files:\n"
    "  What ends in .cpp .cc .cxx .c++ .C or .c is compiled first, with $CXX or\n"
    "  $CC, and kept in $REPRISE_CACHE or ~/.cache/reprise; a .so is loaded as it\n"
    "  is. What follows `--` goes to the compiler: -- -O2 -Iinclude -lm\n\n";

}  // namespace reprise
