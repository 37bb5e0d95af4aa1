// The JSON Schemas of what --json prints and of traces: docs/schemas/NAME.json, embedded at build
// time. A command names its schema in Command::json_schema.
#pragma once

#include <reprise/replay/text/embedded.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The files as they are in the source tree.
std::span<const EmbeddedFile> schema_files();

/// The names without `.json`, sorted.
std::vector<std::string> schema_names();

/// The schema of this name; empty if there is none.
std::string_view schema_text(std::string_view name);

}  // namespace reprise
