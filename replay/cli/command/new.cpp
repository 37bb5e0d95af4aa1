// new: code, a scenario and a README to begin with; instructions for agents.
#include <reprise/replay/cli/commands.h>
#include <reprise/replay/cli/new/templates.h>
#include <reprise/replay/json/writer.h>
#include <reprise/replay/report/page.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/replay/text/units.h>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_size_max = 60;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c); }
bool is_joint(char c) { return c == '-' || c == '_'; }

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_size_max && is_letter(text.front()) &&
         std::ranges::all_of(
             text, [](char c) { return is_letter(c) || is_joint(c) || (c >= '0' && c <= '9'); });
}

// `page-cache` and `page_cache` as PageCache. No macro is called so: words in capitals become
// words.
std::string type_name(std::string_view name) {
  std::string type;
  const bool is_loud = std::ranges::none_of(name, is_lower);
  bool begins = true;
  for (const char c : name) {
    if (is_joint(c)) {
      begins = true;
      continue;
    }
    if (begins && is_lower(c)) {
      type += static_cast<char>(c - 'a' + 'A');
    } else if (!begins && is_loud && is_upper(c)) {
      type += static_cast<char>(c - 'A' + 'a');
    } else {
      type += c;
    }
    begins = false;
  }
  return type;
}

// `page-cache` as page_cache, and otherwise as it is.
std::string c_name(std::string_view name) {
  std::string identifier(name);
  std::ranges::replace(identifier, '-', '_');
  return identifier;
}

std::string filled_in(std::string_view text, std::string_view name,
                      const TemplateExample& example) {
  std::string out(text);
  const auto put = [&out](std::string_view mark, const std::string& value) {
    for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at)) {
      out.replace(at, mark.size(), value);
      at += value.size();
    }
  };
  put("@FILES@", std::string(example.sources));
  put("@NAME@", std::string(name));
  put("@name@", c_name(name));
  put("@Type@", type_name(name));
  return out;
}

// An errno, or 0.
int write_new_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return error.value();
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return 0;
  return errno != 0 ? errno : EIO;
}

// What was written, and the command to go on with.
struct Written {
  std::string name;  // of the folder; empty: this one
  const TemplateExample* example = nullptr;
  std::vector<TemplateFile> files;
  std::string_view aim;  // of the command
  std::string next;

  std::string path(const TemplateFile& file) const {
    return (fs::path(name) / filled_in(file.path, name, *example)).string();
  }
  // From where the user is.
  std::string sources() const { return filled_in(example->sources, name + '/' + name, *example); }
  std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const TemplateFile& file : files) paths.push_back(path(file));
    return paths;
  }
};

// Into a new folder, all of them or none. A sentence if they cannot be written.
std::string write_folder(const Written& written) {
  const std::string& name = written.name;
  if (::mkdir(name.c_str(), 0777) != 0) {
    if (errno == EEXIST) return fmt::format("{} is there already; choose another name", name);
    return fmt::format("{}: this folder cannot be made: {}", name, errno_text(errno));
  }
  for (const TemplateFile& file : written.files) {
    const std::string path = written.path(file);
    const int error = write_new_file(path, filled_in(text_of(file), name, *written.example));
    if (error == 0) continue;
    std::error_code ignored;
    fs::remove_all(name, ignored);
    return fmt::format("{}: cannot be written: {}", path, errno_text(error));
  }
  return {};
}

// Beside what is there. A sentence if they cannot be written.
std::string write_here(std::span<const TemplateFile> files) {
  for (const TemplateFile& file : files) {
    const fs::path path = file.path;
    std::error_code ignored;
    if (fs::exists(fs::symlink_status(path, ignored))) {
      return fmt::format(
          "{} is there already, and is left alone; in another folder, this command writes the text "
          "of its own",
          path.string());
    }
    if (const int error = write_new_file(path, text_of(file)); error != 0) {
      fs::remove(path, ignored);
      return fmt::format("{}: cannot be written: {}", path.string(), errno_text(error));
    }
  }
  return {};
}

std::string as_text(const Written& written) {
  const std::vector<std::string> paths = written.paths();
  std::size_t width = 0;
  for (const std::string& path : paths) width = std::max(width, path.size());
  std::string text;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    text += fmt::format("{:<{}}  {}\n", paths[i], width, written.files[i].about);
  }
  return text + fmt::format("\n{}:\n\n  {}\n", written.aim, written.next);
}

std::string as_json(const Written& written) {
  JsonWriter json;
  json.begin_object()
      .field("format", "reprise-new/1")
      .field("files", written.paths())
      .field("next", written.next);
  json.end();
  return std::move(json).written();
}

Written files_of(const CommandOptions& options) {
  Written written;
  written.example = options.example != nullptr ? options.example : &machine_example();
  const std::string program = shell_argument(options.program);
  const auto add = [&written](std::span<const TemplateFile> files) {
    written.files.insert(written.files.end(), files.begin(), files.end());
  };
  if (!options.arguments.empty()) {
    written.name = options.arguments.front();
    add(options.project ? project_templates() : written.example->files);
  }
  if (options.agents) add(agents_templates());
  written.aim = written.name.empty() ? "Try what it says" : written.example->aim;
  written.next = written.name.empty() ? fmt::format("{} new practice", program)
                                      : fmt::format("{} fuzz {}", program, written.sources());
  return written;
}

// A sentence if it cannot be written.
std::string write_all(const Written& written, const CommandOptions& options) {
  if (options.arguments.size() > 1) return "`new` takes one NAME";
  if (options.arguments.empty()) {
    if (options.agents && !options.project && options.example == nullptr) {
      return write_here(written.files);
    }
    return fmt::format("`{0} new` needs a NAME; `{0} new --help` says more", options.program);
  }
  if (!is_name(written.name)) {
    return fmt::format(
        "{} is no NAME: a letter, then letters, digits, - and _, at most {} in all; the folder is "
        "made where you are",
        in_quotes(written.name), name_size_max);
  }
  return write_folder(written);
}

ExitCode write_new_files(const CommandOptions& options) {
  const Written written = files_of(options);
  if (const std::string wrong = write_all(written, options); !wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  print(options.json() ? as_json(written) : as_text(written));
  return ExitCode::clean;
}

}  // namespace

const Command new_command{
    .name = "new",
    .argument = "NAME",
    .needs_argument = false,
    .summary = "Writes code with a planted bug, and a scenario that finds it",
    .examples =
        "  reprise new my-machine\n  reprise new my-machine --project\n"
        "  reprise new my-parser --c-library\n  reprise new --agents\n",
    .groups = {project_group},
    .json_schema = "new",
    .run = write_new_files,
};

}  // namespace reprise
