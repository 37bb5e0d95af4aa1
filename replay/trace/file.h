// Traces on disk. A trace appears under its final name complete or not at all, whatever happens to
// the process or the disk, and never replaces another file.
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

/// Reads a trace. The error sentence names the path.
Expected<Trace> read_trace(const std::string& path);

/// A file's own path, or the *.json of a folder, sorted by name. An error sentence if a folder
/// cannot be read.
Expected<std::vector<std::string>> trace_paths(const std::string& file_or_folder);
/// The same for several files or folders.
Expected<std::vector<std::string>> trace_paths_of(const std::vector<std::string>& files_or_folders);

/// Writes `trace` to `folder`, which is created if need be, and gives the file's path. The name is
/// `CHECK-SCENARIO-HASH.json`, with `-` for each `/` of the scenario, and with as many digits (4 or
/// more) of the content's hash as make it unique. `build` is not part of the content: the same
/// trace of another build is the same file, and the older one stays. The events are left out if the
/// file would exceed trace_bytes_max.
Expected<std::string> write_trace(const std::string& folder, const Trace& trace);

/// Creates `folder` if need be, and checks that a file can be written there, so that a problem
/// shows before a campaign and not after it. An error sentence, or nothing if all is well.
std::optional<std::string> prepare_folder(const std::string& folder);

}  // namespace reprise
