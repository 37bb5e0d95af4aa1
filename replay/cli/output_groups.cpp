// The option groups about what a command writes: on stdout, for CI, and as drawings.
#include <reprise/replay/cli/command.h>
#include <reprise/replay/cli/option_groups.h>
#include <reprise/replay/cli/options.h>
#include <reprise/replay/cli/values.h>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <vector>

namespace reprise {

namespace {

class DrawingGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--html", html_,
                   "Makes the run again, and writes its timeline to this file, for a browser")
        ->type_name("FILE");
    app.add_option("--perfetto", perfetto_,
                   "The same in Chrome's trace format, for ui.perfetto.dev")
        ->type_name("FILE");
  }
  void read(OptionReading&, CommandOptions& options) const override {
    options.html = html_;
    options.perfetto = perfetto_;
  }

 private:
  std::string html_;
  std::string perfetto_;
};

class AgainstGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option(
           "--against", against_,
           "With --html: a trace from which this one was made smaller; the page has both runs")
        ->type_name("TRACE");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (!against_.empty() && options.html.empty()) reading.fail("--against needs --html FILE");
    options.against = against_;
  }

 private:
  std::string against_;
};

class PageGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--html", html_, std::string(html_format.help))->type_name("FILE");
  }
  void read(OptionReading&, CommandOptions& options) const override {
    if (html_.empty()) return;
    options.html = html_;
    options.report_files.push_back({&html_format, html_});
  }

 private:
  std::string html_;
};

class ManualGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    app.add_option("--out", folder_, "Writes all pages into this folder")->type_name("FOLDER");
  }
  void read(OptionReading&, CommandOptions& options) const override { options.folder = folder_; }

 private:
  std::string folder_;
};

class ReportsGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    for (const ReportFormat* const format : report_formats()) {
      if (format->target == ReportTarget::runner) {
        app.add_flag_callback(
            option_of(*format),
            [this, format] {
              files_.push_back({format, {}});
            },
            std::string(format->help));
      }
      if (format->target != ReportTarget::file) continue;
      app.add_option_function<std::string>(
             option_of(*format),
             [this, format](const std::string& path) {
               files_.push_back({format, path});
             },
             std::string(format->help))
          ->type_name("FILE");
    }
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    for (const ReportFile& file : files_) {
      if (!file.path.empty() || file.format->target != ReportTarget::file) continue;
      reading.fail(option_of(*file.format) + " takes the name of a file, not an empty text");
    }
    options.report_files.insert(options.report_files.end(), files_.begin(), files_.end());
  }

 private:
  static std::string option_of(const ReportFormat& format) {
    return "--" + std::string(format.name);
  }

  std::vector<ReportFile> files_;
};

class OutputGroup final : public OptionGroup {
 public:
  void add(CLI::App& app) override {
    for (const ReportFormat* const format : report_formats()) {
      if (format->name.empty() || format->target != ReportTarget::output) continue;
      app.add_flag_callback(
          "--" + std::string(format->name), [this, format] { format_ = format; },
          std::string(format->help));
    }
    app.add_option("--color", color_, "always, never or auto [auto]")->type_name("WHEN");
    app.add_flag("-q,--quiet", quiet_, "Shows no progress");
    app.add_flag("-v,--verbose", verbose_, "Leaves nothing out of reports");
  }
  void read(OptionReading& reading, CommandOptions& options) const override {
    if (quiet_ && verbose_) reading.fail("--quiet and --verbose exclude each other");
    reading.read(parse_color_option(color_, STDOUT_FILENO), options.color);
    reading.read(parse_color_option(color_, STDERR_FILENO), options.color_on_stderr);
    options.format = format_;
    options.quiet = quiet_;
    options.verbose = verbose_;
    options.progress = is_terminal(STDERR_FILENO);
  }

 private:
  const ReportFormat* format_ = &text_format;
  std::string color_ = "auto";
  bool quiet_ = false;
  bool verbose_ = false;
};

}  // namespace

std::unique_ptr<OptionGroup> drawing_group() { return std::make_unique<DrawingGroup>(); }
std::unique_ptr<OptionGroup> against_group() { return std::make_unique<AgainstGroup>(); }
std::unique_ptr<OptionGroup> page_group() { return std::make_unique<PageGroup>(); }
std::unique_ptr<OptionGroup> manual_group() { return std::make_unique<ManualGroup>(); }
std::unique_ptr<OptionGroup> reports_group() { return std::make_unique<ReportsGroup>(); }
std::unique_ptr<OptionGroup> output_group() { return std::make_unique<OutputGroup>(); }

}  // namespace reprise
