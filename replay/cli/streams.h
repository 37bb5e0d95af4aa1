// The program's standard streams, which may be closed, full, or a narrow terminal; and other limits
// of the system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// Puts something in the place of standard streams that are closed, so that no other file takes
/// their numbers; and lets writing beyond a limit on files fail instead of ending the process.
/// Before anything else is opened. Writing to a stdout that was closed fails.
void prepare_standard_streams();

/// Text on stderr, as far as it takes it.
void print_to_stderr(std::string_view text);

/// Whether stdout has taken all of what was printed.
bool is_stdout_written();

/// How large a file this process may write.
std::uint64_t file_bytes_max();

/// How many columns the terminal behind stderr has; 80 if it does not say.
std::size_t columns_of_stderr();

/// Lines that are longer than `columns` broken between words; what follows is indented like the
/// column in which the text of the line's last two-space gap begins.
std::string wrapped(std::string_view text, std::size_t columns);

}  // namespace reprise
