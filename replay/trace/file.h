// Traces on disk. A trace appears under its final name whole or not at all, whatever happens to the
// process or the disk, and never takes another file's place.
#pragma once

#include <reprise/replay/text/expected.h>
#include <reprise/replay/trace/trace.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace reprise {

/// Larger files are not read.
inline constexpr std::uint64_t trace_bytes_max = std::uint64_t{64} << 20;

/// The sentence names the path.
Expected<Trace> read_trace(const std::string& path);

/// A file as it is; of a folder its *.json, by name. A sentence if a folder cannot be read.
Expected<std::vector<std::string>> trace_paths(const std::string& file_or_folder);
/// The traces that all of `files_or_folders` stand for. A sentence if a folder cannot be read.
Expected<std::vector<std::string>> trace_paths_of(const std::vector<std::string>& files_or_folders);

/// Writes `trace` to `folder`, which is made if need be, and gives the file's path. The name is
/// `CHECK-SCENARIO-HASH.json`: `/` of the scenario as `-`, and as many digits (4 or more) of the
/// content's hash as no other file has. `build` does not count as content: the same trace of
/// another build is the same file, and the older one stays. The events are left out if the file
/// would be larger than is read.
Expected<std::string> write_trace(const std::string& folder, const Trace& trace);

/// Makes `folder` if need be and proves that a file can be written there. A sentence if not;
/// nothing if all is well. For finding out before a campaign, not after it.
std::optional<std::string> prepare_folder(const std::string& folder);

}  // namespace reprise
