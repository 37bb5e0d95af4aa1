// The options of the command fleet.
#include <reprise/replay/cli/fleet/engine.h>
#include <reprise/replay/cli/option_groups.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/cli/values.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <vector>

namespace reprise {

namespace {

Expected<const Engine*> parse_engine_option(std::string_view text) {
  std::vector<std::string> names;
  for (const Engine* const engine : engines()) {
    if (engine->name == text) return engine;
    names.emplace_back(engine->name);
  }
  return Expected<const Engine*>::failed(fmt::format(
      "there is no engine {}{}", in_quotes(text),
      did_you_mean_phrase(text, names, fmt::format("--on takes {}", fmt::join(names, ", ")))));
}

std::string engines_help() {
  std::string text = "What runs the shards:";
  for (const Engine* const engine : engines()) {
    text += fmt::format("{} {}, {}", engine == engines().front() ? "" : ";", engine->name,
                        engine->summary);
  }
  return text + " [local]";
}

class FleetGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    text(app, "--shards", shards_, "Shards of the campaign", "N");
    text(app, "--out", folder_, "Folder for results and traces [results]", "FOLDER");
    text(app, "--resume", resume_,
         "Runs the shards of the fleet in this folder that have not come to their end", "FOLDER");
    text(app, "--on", engine_, engines_help(), "ENGINE");
    text(app, "-j,--jobs", at_once_,
         "Shards at a time, on each host [all processors; slurm and kubernetes: no limit]", "N");
    text(app, "--sshlogin", hosts_,
         "The hosts of parallel, with commas between them; `:` is this one", "HOSTS");
    text(app, "--image", image_,
         "The container image of kubernetes; this program must be in its PATH", "IMAGE");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    FleetOptions& fleet = options.fleet;
    options.folder = folder_.value_or("results");
    if (options.folder.empty()) {
      reading.fail("--out takes the name of a folder, not an empty text");
    }
    if (shards_) reading.read(parse_count("--shards", *shards_, 1, shards_max), fleet.shards);
    fleet.resume = resume_.value_or("");
    if (engine_) reading.read(parse_engine_option(*engine_), fleet.engine);
    if (at_once_) reading.read(parse_count("-j", *at_once_, 1, shards_max), fleet.at_once);
    fleet.hosts = hosts_.value_or("");
    fleet.image = image_.value_or("");
  }

 private:
  using Text = std::optional<std::string>;

  static void text(CLI::App& app, const std::string& name, Text& into, const std::string& help,
                   const std::string& type) {
    app.add_option_function<std::string>(
           name, [&into](const std::string& given) { into = given; }, help)
        ->type_name(type);
  }

  Text shards_;
  Text folder_;
  Text resume_;
  Text engine_;
  Text at_once_;
  Text hosts_;
  Text image_;
};

}  // namespace

std::unique_ptr<OptionGroup> fleet_group() { return std::make_unique<FleetGroup>(); }

}  // namespace reprise
