// read_file_text(): the whole of a file that a user named, or one sentence.
#pragma once

#include <reprise/replay/parsed.h>

#include <cstdint>
#include <string>

namespace reprise {

/// Reads regular files, pipes and devices, but not more than `bytes_max`. The sentence names the
/// path: `traces/x.json: there is no such file`.
Parsed<std::string> read_file_text(const std::string& path, std::uint64_t bytes_max);

/// What went wrong, of an errno: "Permission denied".
std::string errno_text(int error);

}  // namespace reprise
