// Option groups: options that belong together; one object adds them to the parser and reads them. A
// command lists the groups that it takes. A new option is two lines in its group, in
// option_groups.cpp, output_groups.cpp, file_groups.cpp or fleet/options.cpp.
#pragma once

#include <reprise/replay/text/expected.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace CLI {
class App;
}

namespace reprise {

struct CommandOptions;

/// Keeps the first problem with the values of options, as a sentence.
class OptionReading {
 public:
  template <class T>
  void read(Expected<T> parsed, T& into) {
    if (parsed.ok()) {
      into = std::move(parsed).value();
    } else {
      fail(parsed.error());
    }
  }
  template <class T>
  void read(Expected<T> parsed, std::optional<T>& into) {
    T value{};
    read(std::move(parsed), value);
    into = value;
  }
  void fail(std::string sentence) {
    if (error_.empty()) error_ = std::move(sentence);
  }
  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

class OptionGroup {
 public:
  virtual ~OptionGroup() = default;
  /// Adds the options to `app`, which writes their values into this object.
  virtual void add(CLI::App& app) = 0;
  /// Checks the values, and puts them into `options`.
  virtual void read(OptionReading& reading, CommandOptions& options) const = 0;
};

using MakeOptionGroup = std::unique_ptr<OptionGroup> (*)();

std::unique_ptr<OptionGroup> seed_group();        // --seed
std::unique_ptr<OptionGroup> seeds_group();       // --seeds
std::unique_ptr<OptionGroup> time_group();        // --for
std::unique_ptr<OptionGroup> jobs_group();        // -j
std::unique_ptr<OptionGroup> shard_group();       // --shard; behind seed_group
std::unique_ptr<OptionGroup> fleet_group();       // --shards, --out, --resume, --on, -j ...
std::unique_ptr<OptionGroup> strategy_group();    // --strategy, --profile
std::unique_ptr<OptionGroup> parameters_group();  // --set
std::unique_ptr<OptionGroup> checks_group();      // --check, --no-check, --error, --benign
std::unique_ptr<OptionGroup> keep_going_group();  // --keep-going
std::unique_ptr<OptionGroup> traces_group();      // --out, --full
std::unique_ptr<OptionGroup> replay_group();      // --strict, --lenient, --break-at
std::unique_ptr<OptionGroup> drawing_group();     // of a run: --html, --perfetto
std::unique_ptr<OptionGroup> against_group();     // --against; behind drawing_group
std::unique_ptr<OptionGroup> page_group();        // of a campaign: --html
std::unique_ptr<OptionGroup> campaigns_group();   // --campaigns, --markdown
std::unique_ptr<OptionGroup> sweep_group();       // --distance, --plans, --crash ...
std::unique_ptr<OptionGroup> coverage_group();    // --certificate, --compare
std::unique_ptr<OptionGroup> limits_group();      // --hang-timeout, --memory
std::unique_ptr<OptionGroup> isolate_group();     // --isolate
std::unique_ptr<OptionGroup>
files_group();  // --watch, --no-watch, --asan; files among the arguments
std::unique_ptr<OptionGroup> flags_group();    // --compile, --compile-c, --link, --no-watch
std::unique_ptr<OptionGroup> project_group();  // --c-library ..., --project, --agents
std::unique_ptr<OptionGroup> names_group();    // --names
std::unique_ptr<OptionGroup> promote_group();  // --out, --cmake, --target
std::unique_ptr<OptionGroup> manual_group();   // --out
/// The reports that only commands that find something make: --junit, --github, --sarif.
std::unique_ptr<OptionGroup> reports_group();
/// The options that every command takes: --json (if it has a schema), --color, -q, -v.
std::unique_ptr<OptionGroup> output_group();

}  // namespace reprise
