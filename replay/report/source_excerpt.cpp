#include <reprise/replay/report/source_excerpt.h>

#include <fmt/format.h>
#include <reprise/replay/report/source_line.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t source_bytes_max = std::uint64_t{4} << 20;
constexpr int lines_around = 2;

// As given; else, if it begins with `../`, below the working directory: compilers are given such
// paths when they run in a folder for build products.
std::optional<fs::path> find_source(const std::string& file) {
  fs::path path(file);
  std::error_code error;
  while (!path.empty()) {
    if (fs::is_regular_file(path, error)) return path;
    if (*path.begin() != "..") return std::nullopt;
    path = path.lexically_relative("..");
  }
  return std::nullopt;
}

// Relative to the working directory if it is below it.
std::string shown_path(const fs::path& path) {
  std::error_code error;
  const fs::path folder = fs::current_path(error);
  if (error || !path.is_absolute()) return escaped(path.string());
  const fs::path relative = path.lexically_relative(folder);
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return escaped((is_below ? relative : path).string());
}

// The same for each way to write a file's path: debug information has another than the code.
std::string file_key(const std::string& file) {
  const std::optional<fs::path> path = find_source(file);
  std::error_code error;
  const fs::path whole = path ? fs::canonical(*path, error) : fs::path();
  return error || whole.empty() ? file : whole.string();
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// `counter.cpp:27:5 in Counter::bump()`
std::string located(std::string_view file, const ShownLocation& place) {
  std::string text = fmt::format("{}:{}", file, place.line);
  if (place.column > 0) text += fmt::format(":{}", place.column);
  if (!place.function.empty()) text += " in " + escaped(place.function);
  return text;
}

// A place with the mark that its line is underlined with.
struct Marked {
  const ShownLocation* place;
  char mark;
};

class FileExcerpt {
 public:
  FileExcerpt(std::vector<Marked> places, const TerminalStyle& paint)
      : places_(std::move(places)), paint_(paint) {
    const std::string& file = places_.front().place->file;
    if (const std::optional<fs::path> path = find_source(file)) {
      shown_ = shown_path(*path);
      const Expected<std::string> text = read_file_text(path->string(), source_bytes_max);
      if (text.ok()) lines_ = lines_of(text.value());
    } else {
      shown_ = shown_path(file);
    }
    std::stable_sort(places_.begin(), places_.end(), [](const Marked& a, const Marked& b) {
      return a.place->line < b.place->line;
    });
    for (const Marked& marked : places_) {
      if (!is_here(marked.place->line)) continue;
      const int last = std::min(marked.place->line + lines_around, line_count());
      for (int line = std::max(marked.place->line - lines_around, 1); line <= last; ++line) {
        numbers_.insert(line);
      }
    }
  }

  /// Width of the largest line number shown.
  std::size_t margin() const {
    return numbers_.empty() ? 1 : fmt::to_string(*numbers_.rbegin()).size();
  }
  bool has_code() const { return !numbers_.empty(); }

  std::string text(std::size_t margin) && {
    margin_ = margin;
    if (numbers_.empty()) return bare_places();
    const ShownLocation& first = first_place();
    append("{:{}} {} {}", "", margin_, paint_(TextStyle::faint, "-->"), located(shown_, first));
    append("{:{}} {}", "", margin_ + 1, bar());
    function_ = first.function;
    int previous = *numbers_.begin() - 1;
    for (const int line : numbers_) {
      if (line != previous + 1) gap_before(line);
      previous = line;
      append_line(line);
    }
    for (const Marked& marked : places_) {
      if (!is_here(marked.place->line)) append_bare(marked);
    }
    return std::move(out_);
  }

 private:
  template <class... Values>
  void append(fmt::format_string<Values...> format, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Values>(values)...);
    out_ += '\n';
  }

  int line_count() const { return static_cast<int>(lines_.size()); }
  bool is_here(int line) const { return line >= 1 && line <= line_count(); }
  std::string bar() const { return paint_(TextStyle::faint, "|"); }

  // The one mentioned first.
  const ShownLocation& first_place() const {
    for (const Marked& marked : places_) {
      if (marked.mark == '^') return *marked.place;
    }
    return *places_.front().place;
  }

  // Lines before `line` are left out; another function than that of the place before is named.
  void gap_before(int line) {
    std::string text = "...";
    for (const Marked& marked : places_) {
      const ShownLocation& place = *marked.place;
      if (place.line < line || place.line > line + lines_around) continue;
      if (!place.function.empty() && place.function != function_) {
        function_ = place.function;
        text += " in " + escaped(function_);
      }
      break;
    }
    append("{}", paint_(TextStyle::faint, text));
  }

  void append_line(int line) {
    const std::string& code = lines_[static_cast<std::size_t>(line - 1)];
    const SourceLine shown(code);
    std::optional<SourceLine::Window> window;
    for (const Marked& marked : places_) {
      if (marked.place->line != line) continue;
      const SourceSpan span = span_at(code, marked.place->column);
      // In a line that is too long, a place may need a part of its own.
      if (!window || shown.underline(*window, span).width == 0) {
        window = shown.window_for(span);
        append_code(line, shown.text(*window));
      }
      underline(marked, shown.underline(*window, span));
    }
    if (!window) append_code(line, shown.text(shown.window_for({})));
  }

  void append_code(int line, const std::string& code) {
    const std::string number = fmt::format("{:>{}}", line, margin_ + 1);
    append("{} {}{}{}", paint_(TextStyle::faint, number), bar(), code.empty() ? "" : " ", code);
  }

  void underline(const Marked& marked, const SourceLine::Underline& where) {
    const std::string note = escaped(marked.place->note);
    const TextStyle style = marked.mark == '^' ? TextStyle::error : TextStyle::warning;
    const std::string line =
        std::string(where.width, marked.mark) + (note.empty() ? "" : " ") + note;
    append("{:{}} {} {:{}}{}", "", margin_ + 1, bar(), "", where.indent, paint_(style, line));
  }

  void append_bare(const Marked& marked) {
    const std::string note = escaped(marked.place->note);
    append("{:{}} {} {}{}{}", "", margin_, paint_(TextStyle::faint, "-->"),
           located(shown_, *marked.place), note.empty() ? "" : ": ", note);
  }

  std::string bare_places() {
    for (const Marked& marked : places_) append_bare(marked);
    return std::move(out_);
  }

  std::vector<Marked> places_;
  const TerminalStyle& paint_;
  std::string shown_;
  std::vector<std::string> lines_;
  std::set<int> numbers_;  // of the lines shown
  std::size_t margin_ = 1;
  std::string function_;  // the last one named
  std::string out_;
};

}  // namespace

std::string source_excerpts(std::span<const ShownLocation> places, const TerminalStyle& paint) {
  std::vector<std::string> files;  // by first mention
  std::map<std::string, std::vector<Marked>> by_file;
  for (const ShownLocation& place : places) {
    const std::string key = file_key(place.file);
    std::vector<Marked>& in_file = by_file[key];
    if (in_file.empty()) files.push_back(key);
    in_file.push_back({&place, &place == places.data() ? '^' : '-'});
  }
  std::vector<FileExcerpt> excerpts;
  std::size_t margin = 1;
  for (const std::string& file : files) {
    excerpts.emplace_back(by_file[file], paint);
    margin = std::max(margin, excerpts.back().margin());
  }
  std::string out;
  bool is_after_code = false;
  for (FileExcerpt& excerpt : excerpts) {
    if (is_after_code)
      out += fmt::format("{:{}} {}\n", "", margin + 1, paint(TextStyle::faint, "|"));
    is_after_code = excerpt.has_code();
    out += std::move(excerpt).text(margin);
  }
  return out;
}

std::string path_below(const std::string& root, const std::string& file) {
  std::error_code error;
  const fs::path found = find_source(file).value_or(fs::path(file));
  const fs::path folder =
      fs::weakly_canonical(root.empty() ? fs::current_path(error) : fs::path(root), error);
  if (error) return found.string();
  const fs::path whole = fs::weakly_canonical(found, error);
  if (error) return found.string();
  const fs::path relative = whole.lexically_relative(folder);
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : found).string();
}

}  // namespace reprise
