// The program's standard streams, which may be closed, full, or a narrow terminal; and the system's
// limits on files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

/// Opens substitutes for standard streams that are closed, so that no other file gets their
/// numbers; writing to a stdout that was closed still fails. Also makes writing beyond the limit on
/// file sizes fail instead of ending the process. Must be called before anything else is opened.
void prepare_standard_streams();

/// Prints text on stderr, and ignores errors.
void print_to_stderr(std::string_view text);

/// Whether stdout has taken all that was printed.
bool is_stdout_written();

/// The largest file that this process may write, in bytes.
std::uint64_t file_bytes_max();

/// The number of columns of the terminal at stderr; 80 if it is not known.
std::size_t columns_of_stderr();

/// Breaks lines that are longer than `columns` between words. Continuation lines are indented to
/// the column after the line's last gap of two spaces.
std::string wrapped(std::string_view text, std::size_t columns);

}  // namespace reprise
