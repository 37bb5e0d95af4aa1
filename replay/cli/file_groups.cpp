// The option groups about files of the user's: those that are compiled, and those that are written.
#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/new/templates.h>
#include <reprise/replay/cli/option_groups.h>
#include <reprise/replay/cli/options.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace reprise {

namespace {

class FilesGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option(
           "--watch", watched_,
           "Compiles only these files with the store watch: 'src/*.c'; may be repeated [all]")
        ->type_name("PATTERN")
        ->allow_extra_args(false);
    app.add_flag("--no-watch", no_watch_, "Compiles files without the store watch");
    app.add_flag("--asan", asan_, "Compiles files with AddressSanitizer, not the store watch");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (!watched_.empty() && (no_watch_ || asan_)) {
      reading.fail("--watch is for the store watch, which --no-watch and --asan turn off");
    }
    options.watched = watched_;
    options.asan = asan_;
    options.watch = !no_watch_ && !asan_;
    std::vector<std::string>& kept = options.file_arguments;
    for (const std::string& pattern : watched_) kept.insert(kept.end(), {"--watch", pattern});
    if (asan_) kept.emplace_back("--asan");
    if (no_watch_ && !asan_) kept.emplace_back("--no-watch");
  }

 private:
  std::vector<std::string> watched_;
  bool no_watch_ = false;
  bool asan_ = false;
};

class FlagsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_flag("--compile", compile_, "Prints only the flags for files in C++");
    app.add_flag("--compile-c", compile_c_, "Prints only the flags for files in C");
    app.add_flag("--link", link_, "Prints only the flags that make a library of the objects");
    app.add_flag("--no-watch", no_watch_, "Leaves the store watch out");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (int{compile_} + int{compile_c_} + int{link_} > 1) {
      reading.fail("`flags` takes one of --compile, --compile-c and --link");
    }
    options.watch = !no_watch_;
    if (compile_) options.flags_part = FlagsPart::compile;
    if (compile_c_) options.flags_part = FlagsPart::compile_c;
    if (link_) options.flags_part = FlagsPart::link;
  }

 private:
  bool compile_ = false;
  bool compile_c_ = false;
  bool link_ = false;
  bool no_watch_ = false;
};

class ProjectGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    for (const TemplateExample& example : template_examples()) {
      app.add_flag_callback(
          std::string(example.option), [this, &example] { examples_.push_back(&example); },
          std::string(example.help));
    }
    app.add_flag("--project", project_, "Writes a CMake project, with a test and a CI file");
    app.add_flag("--agents", agents_,
                 "Writes AGENTS.md, instructions for agents; without a NAME, into this folder");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    options.project = project_;
    options.agents = agents_;
    if (examples_.empty()) return;
    options.example = examples_.front();
    if (project_ || examples_.size() > 1) {
      reading.fail(fmt::format("{} cannot go with {}", examples_.front()->option,
                               project_ ? "--project" : examples_.back()->option));
    }
  }

 private:
  std::vector<const TemplateExample*> examples_;
  bool project_ = false;
  bool agents_ = false;
};

class PromoteGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--out", folder_, "Folder that traces are kept in [traces]")
        ->type_name("FOLDER");
    app.add_option("--cmake", cmake_, "File that gets the test [CMakeLists.txt, if it is there]")
        ->type_name("FILE");
    app.add_option("--target", target_, "Program that runs the test [the one with reprise::main]")
        ->type_name("NAME");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (folder_.empty()) reading.fail("--out takes the name of a folder, not an empty text");
    options.folder = folder_;
    options.cmake = cmake_;
    options.target = target_;
  }

 private:
  std::string folder_ = "traces";
  std::string cmake_;
  std::string target_;
};

}  // namespace

std::unique_ptr<OptionGroup> files_group() { return std::make_unique<FilesGroup>(); }
std::unique_ptr<OptionGroup> flags_group() { return std::make_unique<FlagsGroup>(); }
std::unique_ptr<OptionGroup> project_group() { return std::make_unique<ProjectGroup>(); }
std::unique_ptr<OptionGroup> promote_group() { return std::make_unique<PromoteGroup>(); }

}  // namespace reprise
