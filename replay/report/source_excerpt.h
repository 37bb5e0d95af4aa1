// Source excerpts: places in the user's code, shown with the lines around them.
#pragma once

#include <reprise/replay/text/terminal_style.h>
#include <reprise/sim/finding.h>

#include <span>
#include <string>

namespace reprise {

/// One block a file, in the order of first mention; places of one file by line. The first place of
/// all is underlined with `^`, others with `-`: the line, or from a place's column on the
/// expression or statement that begins there. Files are found as given, or below the working
/// directory; of those that are not there, only the place and its note are shown.
std::string source_excerpts(std::span<const ShownPlace> places, const TerminalStyle& paint);

}  // namespace reprise
