// Reads or writes whole files that a user named; errors are one sentence.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise {

/// Reads regular files, pipes and devices, but not more than `bytes_max`. The sentence names the
/// path: `traces/x.json: there is no such file`.
Expected<std::string> read_file_text(const std::string& path, std::uint64_t bytes_max);

/// Writes `text` to a file; if that fails, the file keeps its content. An error sentence that names
/// the path, or nothing if all is well.
std::optional<std::string> write_file_text(const std::string& path, std::string_view text);

/// The message for an errno: "Permission denied".
std::string errno_text(int error);

}  // namespace reprise
