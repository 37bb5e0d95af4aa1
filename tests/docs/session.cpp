#include "tests/docs/session.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <sstream>
#include <utility>

#include "tests/support/captured.h"

namespace reprise::tests {

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Lines lines_of(std::string_view text) {
  Lines lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

// `...` in `said` stands for any text.
bool is_line(std::string_view said, std::string_view printed) {
  const std::size_t gap = said.find("...");
  if (gap == std::string_view::npos) return said == printed;
  if (!printed.starts_with(said.substr(0, gap))) return false;
  const std::string_view rest = said.substr(gap + 3);
  for (std::size_t at = gap; at <= printed.size(); ++at) {
    if (is_line(rest, printed.substr(at))) return true;
  }
  return false;
}

using LineIterator = Lines::const_iterator;

bool are_lines(LineIterator said, LineIterator said_end, LineIterator printed,
               LineIterator printed_end) {
  for (; said != said_end; ++said, ++printed) {
    if (*said == "...") {
      for (LineIterator at = printed;; ++at) {
        if (are_lines(said + 1, said_end, at, printed_end)) return true;
        if (at == printed_end) return false;
      }
    }
    if (printed == printed_end || !is_line(*said, *printed)) return false;
  }
  return printed == printed_end;
}

std::string in_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

class Session {
 public:
  Session(const Page& page, const Places& places)
      : page_(page), places_(places), folder_(places.folder) {
    report_.wrong = page.wrong;
  }

  SessionReport run() {
    check_links();
    if (!report_.wrong.empty()) return std::move(report_);
    prepare();
    for (const Block& block : page_.blocks) {
      take(block);
      if (!report_.wrong.empty()) break;  // what follows builds on it
    }
    return std::move(report_);
  }

 private:
  void complain(int line, std::string_view sentence) {
    report_.wrong.push_back(complaint(page_, line, sentence));
  }

  void check_links() {
    for (const Link& link : page_.links) {
      const fs::path target = fs::path(places_.tree) / fs::path(page_.path).parent_path();
      if (fs::exists(target / link.target)) continue;
      complain(link.line, "this link leads nowhere: " + link.target);
    }
  }

  void prepare() {
    fs::remove_all(places_.folder);
    fs::create_directories(fs::path(places_.folder) / ".bin");
    fs::create_symlink(places_.program, fs::path(places_.folder) / ".bin/reprise");
    if (!page_.is_in_tree) return;
    for (const char* const name : {"docs", "examples", "scenarios", "sim", "tests"}) {
      fs::create_symlink(fs::path(places_.tree) / name, fs::path(places_.folder) / name);
    }
    fs::create_directories(fs::path(places_.folder) / "build/bare");
    for (const char* const name : {"build/reprise", "build/bare/reprise"}) {
      fs::create_symlink(places_.program, fs::path(places_.folder) / name);
    }
  }

  void take(const Block& block) {
    switch (block.kind) {
      case BlockKind::file: return write(block);
      case BlockKind::change: return change(block);
      case BlockKind::excerpt: return find(block);
      case BlockKind::fragment: return compile_in_frame(block, block.argument);
      case BlockKind::framed:
        return compile_in_frame(block, text_of(fs::path(places_.tree) / block.argument));
      case BlockKind::console:
      case BlockKind::commands:
        for (const Step& step : steps_of(block)) run(step, block.kind == BlockKind::console);
        return;
      case BlockKind::output: return compare_part(block);
      case BlockKind::untested:
        report_.untested.push_back(complaint(page_, block.line, block.argument));
        return;
    }
  }

  void write(const Block& block) {
    ++report_.files;
    const fs::path path = fs::path(places_.folder) / block.argument;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << joined(block.lines);
    if (path.extension() == ".cpp" && !is_named_by_a_command(block)) {
      compile(block, joined(block.lines));
    }
  }

  void change(const Block& block) {
    ++report_.files;
    Lines before, after;
    for (const std::string& line : block.lines) {
      const char sign = line.empty() ? ' ' : line.front();
      const std::string rest = line.empty() ? line : line.substr(1);
      if (sign != '+') before.push_back(rest);
      if (sign != '-') after.push_back(rest);
    }
    const fs::path path = fs::path(places_.folder) / block.argument;
    Lines file = lines_of(text_of(path));
    const auto at = std::search(file.begin(), file.end(), before.begin(), before.end());
    if (before.empty() || at == file.end()) {
      return complain(block.line, "these lines are not in " + block.argument);
    }
    const auto place = file.erase(at, at + static_cast<std::ptrdiff_t>(before.size()));
    file.insert(place, after.begin(), after.end());
    std::ofstream(path, std::ios::binary) << joined(file);
  }

  bool is_named_by_a_command(const Block& file) const {
    return std::ranges::any_of(page_.blocks, [&](const Block& block) {
      if (block.kind != BlockKind::console && block.kind != BlockKind::commands) return false;
      return block.line > file.line && std::ranges::any_of(steps_of(block), [&](const Step& step) {
               return step.command.find(file.argument) != std::string::npos;
             });
    });
  }

  void find(const Block& block) {
    ++report_.excerpts;
    const Lines file = lines_of(text_of(fs::path(places_.tree) / block.argument));
    auto at = file.begin();
    for (std::size_t i = 0; i < block.lines.size(); ++i) {
      const std::string& line = block.lines[i];
      const std::size_t word = line.find_first_not_of(' ');
      if (word == std::string::npos || line.compare(word, 3, "...") == 0) continue;
      const auto found = std::find(at, file.end(), line);
      if (found == file.end()) {
        return complain(block.line + static_cast<int>(i) + 1,
                        "this line is not in " + block.argument + ", or not in this order");
      }
      at = found + 1;
    }
  }

  void compile_in_frame(const Block& block, std::string code) {
    const std::size_t at = code.find("\n@\n") + 1;
    if (at == 0) return complain(block.line, "there is no line @ in " + block.argument);
    compile(block, code.replace(at, 2, joined(block.lines)));
  }

  void compile(const Block& block, const std::string& code) {
    ++report_.compiled;
    const fs::path path = fs::path(places_.folder) / ".fragment.cpp";
    std::ofstream(path, std::ios::binary) << code;
    const Captured compiled =
        shell("${CXX:-g++} -std=c++20 -fsyntax-only -Wall -Wextra -I" + in_quotes(places_.folder) +
              " -I" + in_quotes(places_.include) + " -I" + in_quotes(places_.tree) + ' ' +
              in_quotes(path.string()));
    if (compiled.exit != 0) complain(block.line, "this does not compile:\n" + compiled.err);
  }

  // As typed into one shell: a command begins in the folder in which the last one ended.
  Captured shell(const std::string& command) {
    const std::string here = places_.folder + "/.here";
    Captured done = capture_command(
        "cd " + in_quotes(folder_) + " || exit\nsession_end=" + in_quotes(here) +
        "\ntrap 'pwd >\"$session_end\"' EXIT\n"
        "unset CI GITHUB_ACTIONS GITHUB_STEP_SUMMARY GITHUB_WORKSPACE\nexport PATH=" +
        in_quotes(places_.folder) + "/.bin:$PATH LC_ALL=C.UTF-8 TERM=dumb REPRISE_CACHE=" +
        in_quotes(places_.cache) + '\n' + command + "\n");
    const Lines left = lines_of(text_of(here));
    if (!left.empty()) folder_ = left.front();
    return done;
  }

  Captured run(const Step& step, bool compares) {
    if (!report_.wrong.empty()) return {};
    ++report_.commands;
    Captured done = shell(step.command);
    if (done.exit != step.exit) {
      complain(step.line, step.command + "\nended with exit status " + std::to_string(done.exit) +
                              ", not " + std::to_string(step.exit) + ":\n" + done.out + done.err);
    } else if (compares && !is_output(step.output, done.out)) {
      complain(step.line, step.command + "\nprinted:\n" + done.out + done.err);
    }
    return done;
  }

  void compare_part(const Block& block) {
    const Captured done = run(step_from(block.line, block.argument), false);
    if (!report_.wrong.empty()) return;
    Lines said = block.lines;
    said.insert(said.begin(), "...");
    said.emplace_back("...");
    if (!is_output(said, done.out)) {
      complain(block.line, "this is no part of what the command prints:\n" + done.out);
    }
  }

  const Page& page_;
  const Places& places_;
  std::string folder_;  // in which the last command ended
  SessionReport report_;
};

}  // namespace

bool is_output(const std::vector<std::string>& said, std::string_view printed) {
  const auto counted = [](Lines lines) {
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("compiling "); });
    return lines;
  };
  const Lines wanted = counted(said);
  const Lines given = counted(lines_of(printed));
  return are_lines(wanted.begin(), wanted.end(), given.begin(), given.end());
}

SessionReport run_session(const Page& page, const Places& places) {
  return Session(page, places).run();
}

}  // namespace reprise::tests
