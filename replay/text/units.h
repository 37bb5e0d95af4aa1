// Units: numbers, times and arguments as a report shows them to a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// `text` quoted as an argument of a command that a person copies into a shell.
std::string shell_argument(std::string_view text);

/// `0`, `120ns`, `1.2us`, `3.4ms`, `5.6s`.
std::string shown_time(std::uint64_t ns);

/// `1 run`, `2 runs`.
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace reprise
