// Page: a Markdown document as its test sees it: the blocks of code, each with the marker that says
// what it is, and the links. A marker is a comment of HTML before the block, which no reader sees:
//
//   <!-- file: counter.cpp -->            the block is this file, which later commands use
//   <!-- change: counter.cpp -->          the block's lines with - become those with + in this file
//   <!-- from: examples/a.cpp -->         the block's lines stand in this file of the tree, in this
//   order;
//                                         a line that begins with `...` stands for what is left out
//   <!-- frame:                           the block is compiled in the place of the line @
//   ... @ ... -->
//   <!-- within: tests/frame.in -->        likewise, in this file of the tree
//   <!-- same frame -->                   in the frame of the block before
//   <!-- output of: COMMAND -->           the block is a part of what the command prints
//   <!-- untested: REASON -->             neither compiled nor run
//   <!-- run: COMMAND -->                 no block: the command is run here; a line each
//   <!-- in the tree -->                  commands run beside links to the folders of the tree
//
// A block of `console` has commands behind `$ ` and under each all that it prints on stdout; there
// `...` stands for any text, and alone in a line for any lines. A block of `sh` has commands alone.
// A command ends with 0, or with N if a comment behind it says `exit status N`. It begins in the
// folder in which the command before it ended.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tests {

enum class BlockKind {
  file,
  change,
  excerpt,
  fragment,
  framed,
  console,
  commands,
  output,
  untested
};

struct Block {
  BlockKind kind = BlockKind::untested;
  int line = 0;          // of its fence
  std::string language;  // may be empty
  std::string argument;  // of the marker: a name, a frame, a command, a reason
  std::vector<std::string> lines;
};

struct Link {
  int line = 0;
  std::string target;
};

struct Page {
  std::string path;
  bool is_in_tree = false;
  std::vector<Block> blocks;
  std::vector<Link> links;         // to files
  std::vector<std::string> wrong;  // a sentence for each block that does not say what it is
};

/// `path` is the page's own, for messages.
Page page_from(std::string_view markdown, std::string path);

/// `PATH:LINE: sentence`.
std::string complaint(const Page& page, int line, std::string_view sentence);

/// A command, the exit status that it promises, and what it prints.
struct Step {
  int line = 0;
  std::string command;
  int exit = 0;
  std::vector<std::string> output;
};
/// The commands of a block of `console` or `sh`.
std::vector<Step> steps_of(const Block& block);
/// The command, and the exit status that its comment promises.
Step step_from(int line, std::string command);

}  // namespace reprise::tests
