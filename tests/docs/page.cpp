#include "tests/docs/page.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace reprise::tests {

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
  return lines;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \n") - begin + 1));
}

bool is_fence(std::string_view line) { return line.starts_with("```"); }

struct Marker {
  std::string name;  // empty: none
  std::string argument;
};

Marker marker_from(std::string_view comment) {
  const std::size_t colon = comment.find(':');
  Marker marker{.name = trimmed(comment.substr(0, colon)), .argument = {}};
  if (colon == std::string_view::npos) return marker;
  std::string_view rest = comment.substr(colon + 1);
  // A frame's first line is as it is; of other markers only the words count.
  marker.argument = marker.name == "frame" ? std::string(rest) : trimmed(rest);
  return marker;
}

class Reader {
 public:
  Reader(std::string_view markdown, Page& page) : lines_(lines_of(markdown)), page_(page) {}

  void read() {
    while (at_ < lines_.size()) {
      const std::string& line = lines_[at_];
      if (line.starts_with("<!-- ")) {
        read_comment();
      } else if (is_fence(line)) {
        read_block();
      } else {
        if (is_fence(trimmed(line))) complain("an indented block is not seen by this test");
        read_links(line);
        ++at_;
      }
    }
    if (!marker_.name.empty()) complain("there is no block under this marker");
  }

 private:
  void complain(std::string_view sentence) {
    page_.wrong.push_back(complaint(page_, static_cast<int>(at_), sentence));
  }

  void read_comment() {
    std::string comment;
    for (; at_ < lines_.size(); ++at_) {
      comment += lines_[at_] + '\n';
      if (lines_[at_].ends_with("-->")) break;
    }
    const bool is_closed = at_ < lines_.size();
    at_ = std::min(at_ + 1, lines_.size());
    if (!is_closed) return complain("this comment has no end");
    const Marker marker = marker_from(comment.substr(5, comment.size() - 9));
    if (marker.name == "in the tree") {
      page_.is_in_tree = true;
    } else if (marker.name == "run") {
      page_.blocks.push_back({.kind = BlockKind::commands,
                              .line = static_cast<int>(at_),
                              .language = "sh",
                              .argument = {},
                              .lines = lines_of(marker.argument)});
    } else {
      if (!marker_.name.empty()) complain("this marker follows a marker without a block");
      marker_ = marker;
    }
  }

  void read_block() {
    Block block;
    block.language = trimmed(std::string_view(lines_[at_]).substr(3));
    block.line = static_cast<int>(++at_);
    for (; at_ < lines_.size() && !is_fence(lines_[at_]); ++at_) block.lines.push_back(lines_[at_]);
    ++at_;
    const Marker marker = std::exchange(marker_, {});
    if (const std::string_view wrong = classify(block, marker); !wrong.empty()) {
      page_.wrong.push_back(complaint(page_, block.line, wrong));
    }
    page_.blocks.push_back(std::move(block));
  }

  // Gives the block its kind. A sentence if it has none.
  std::string_view classify(Block& block, const Marker& marker) {
    block.argument = marker.argument;
    if (marker.name.empty()) {
      if (block.language == "console") {
        block.kind = BlockKind::console;
      } else if (block.language == "sh") {
        block.kind = BlockKind::commands;
      } else {
        return "this block is neither compiled nor run: a marker before it (tests/docs/page.h) "
               "says what "
               "it is, or why";
      }
      return {};
    }
    if (marker.name == "same frame") {
      if (frame_.empty()) return "there is no frame above";
      block.argument = frame_;
      block.kind = BlockKind::fragment;
      return {};
    }
    if (trimmed(block.argument).empty()) return "this marker needs words behind its colon";
    return classify_marked(block, marker);
  }

  std::string_view classify_marked(Block& block, const Marker& marker) {
    if (marker.name == "file") {
      block.kind = BlockKind::file;
    } else if (marker.name == "change") {
      block.kind = BlockKind::change;
    } else if (marker.name == "within") {
      block.kind = BlockKind::framed;
    } else if (marker.name == "from") {
      block.kind = BlockKind::excerpt;
    } else if (marker.name == "output of") {
      block.kind = BlockKind::output;
    } else if (marker.name == "untested") {
      block.kind = BlockKind::untested;
      if (block.argument.find(' ') == std::string::npos) return "one word is no reason";
    } else if (marker.name == "frame") {
      block.kind = BlockKind::fragment;
      frame_ = block.argument;
      if (frame_.find("\n@\n") == std::string::npos) return "this frame has no line @";
    } else {
      return "there is no such marker";
    }
    return {};
  }

  void read_links(std::string_view line) {
    for (std::size_t at = line.find("]("); at != std::string_view::npos; at = line.find("](", at)) {
      at += 2;
      std::string target(line.substr(at, line.find(')', at) - at));
      target.resize(std::min(target.find('#'), target.size()));
      if (target.empty() || target.find("://") != std::string::npos) continue;
      page_.links.push_back({.line = static_cast<int>(at_ + 1), .target = std::move(target)});
    }
  }

  std::vector<std::string> lines_;
  Page& page_;
  std::size_t at_ = 0;
  Marker marker_;  // of the next block
  std::string frame_;
};

}  // namespace

Page page_from(std::string_view markdown, std::string path) {
  Page page;
  page.path = std::move(path);
  Reader(markdown, page).read();
  return page;
}

std::string complaint(const Page& page, int line, std::string_view sentence) {
  return page.path + ':' + std::to_string(line) + ": " + std::string(sentence);
}

Step step_from(int line, std::string command) {
  constexpr std::string_view promise = "exit status ";
  Step step{.line = line, .command = std::move(command), .exit = 0, .output = {}};
  const std::size_t comment = step.command.find(" # ");
  const std::size_t at = step.command.find(promise, std::min(comment, step.command.size()));
  if (at != std::string::npos) step.exit = std::atoi(&step.command[at + promise.size()]);
  return step;
}

std::vector<Step> steps_of(const Block& block) {
  const bool has_output = block.kind == BlockKind::console;
  std::vector<Step> steps;
  std::string begun;  // a command whose next line is to come
  for (std::size_t i = 0; i < block.lines.size(); ++i) {
    std::string line = block.lines[i];
    if (has_output && begun.empty()) {
      if (!line.starts_with("$ ")) {
        if (!steps.empty()) steps.back().output.push_back(line);
        continue;
      }
      line.erase(0, 2);
    }
    if (line.ends_with('\\')) {
      begun += line + '\n';
      continue;
    }
    const std::string command = std::exchange(begun, {}) + line;
    if (trimmed(command).empty() || command.starts_with('#')) continue;
    steps.push_back(step_from(block.line + static_cast<int>(i) + 1, command));
  }
  return steps;
}

}  // namespace reprise::tests
