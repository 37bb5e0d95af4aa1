// new: a machine, a scenario and a README to begin with.
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

std::string filled_in(std::string_view text, std::string_view name) {
  std::string out(text);
  const auto put = [&out](std::string_view mark, const std::string& value) {
    for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at)) {
      out.replace(at, mark.size(), value);
      at += value.size();
    }
  };
  put("@NAME@", std::string(name));
  put("@Type@", type_name(name));
  return out;
}

// An errno, or 0.
int write_new_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return error.value();
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.good()) return 0;
  return errno != 0 ? errno : EIO;
}

// All of them or none. A sentence if they cannot be written.
std::string write_all(const std::string& name, std::span<const TemplateFile> files) {
  if (::mkdir(name.c_str(), 0777) != 0) {
    if (errno == EEXIST) return fmt::format("{} is there already; choose another name", name);
    return fmt::format("{}: this folder cannot be made: {}", name, errno_text(errno));
  }
  for (const TemplateFile& file : files) {
    const fs::path path = fs::path(name) / filled_in(file.path, name);
    const int error = write_new_file(path, filled_in(text_of(file), name));
    if (error == 0) continue;
    std::error_code ignored;
    fs::remove_all(name, ignored);
    return fmt::format("{}: cannot be written: {}", path.string(), errno_text(error));
  }
  return {};
}

std::string as_text(const std::string& name, std::span<const TemplateFile> files,
                    const std::string& next) {
  std::vector<std::string> paths;
  std::size_t width = 0;
  for (const TemplateFile& file : files) {
    paths.push_back(name + '/' + filled_in(file.path, name));
    width = std::max(width, paths.back().size());
  }
  std::string text;
  for (std::size_t i = 0; i < files.size(); ++i) {
    text += fmt::format("{:<{}}  {}\n", paths[i], width, files[i].about);
  }
  return text + fmt::format("\nFind the bug:\n\n  {}\n", next);
}

std::string as_json(const std::string& name, std::span<const TemplateFile> files,
                    const std::string& next) {
  std::vector<std::string> paths;
  for (const TemplateFile& file : files) {
    paths.push_back(name + '/' + filled_in(file.path, name));
  }
  JsonWriter json;
  json.begin_object().field("format", "reprise-new/1").field("files", paths).field("next", next);
  json.end();
  return std::move(json).written();
}

ExitCode write_new_folder(const CommandOptions& options) {
  const std::string& name = options.arguments.front();
  const std::span<const TemplateFile> files =
      options.project ? project_templates() : folder_templates();
  std::string wrong;
  if (options.arguments.size() > 1) {
    wrong = "`new` takes one NAME";
  } else if (!is_name(name)) {
    wrong = fmt::format(
        "{} is no NAME: a letter, then letters, digits, - and _, at most {} in all; the folder is "
        "made where you are",
        in_quotes(name), name_size_max);
  } else {
    wrong = write_all(name, files);
  }
  if (!wrong.empty()) {
    complain(wrong);
    return ExitCode::bad_usage;
  }
  const std::string next =
      fmt::format("{} fuzz {}/{}.cpp", shell_argument(options.program), name, name);
  print(options.json() ? as_json(name, files, next) : as_text(name, files, next));
  return ExitCode::clean;
}

}  // namespace

const Command new_command{
    .name = "new",
    .argument = "NAME",
    .needs_argument = true,
    .summary = "Writes a machine with a planted bug, and a scenario that finds it",
    .examples = "  reprise new my-machine\n  reprise new my-machine --project\n",
    .groups = {project_group},
    .json_schema = "new",
    .run = write_new_folder,
};

}  // namespace reprise
