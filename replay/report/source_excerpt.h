// Source excerpts: places in the user's code, shown with the lines around them.
#pragma once

#include <reprise/replay/text/terminal_style.h>
#include <reprise/sim/finding.h>

#include <span>
#include <string>

namespace reprise {

/// Shows one block per file, in the order of first mention, with the places of a file in the order
/// of lines. The very first place is underlined with `^`, others with `-`: the whole line or, if
/// the place has a column, the expression or statement that begins there. Files are found as given,
/// or below the working directory; if a file does not exist, only the place and its note are shown.
std::string source_excerpts(std::span<const ShownLocation> places, const TerminalStyle& paint);

/// The path of a source file for a program that looks for it below the folder `root`: relative to
/// the folder if the file is below it, else as the excerpts find it. An empty `root` is the working
/// directory. The path is not escaped.
std::string path_below(const std::string& root, const std::string& file);

}  // namespace reprise
