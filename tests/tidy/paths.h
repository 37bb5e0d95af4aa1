// Where a file of the tree stands; paths are relative to its root, with slashes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace reprise::tests {

inline bool starts_with_any(std::string_view path,
                            std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view p) { return path.starts_with(p); });
}

// `core` of `core/io.h`; empty for a file in the root.
inline std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

inline bool is_header(std::string_view path) { return path.ends_with(".h"); }
inline bool is_test(std::string_view path) { return folder_of(path) == "tests"; }
inline bool is_example(std::string_view path) { return folder_of(path) == "examples"; }
inline bool is_ours(std::string_view path) {
  return starts_with_any(path, {"core/", "sim/", "engines/", "replay/"});
}
inline bool is_command_line(std::string_view path) { return path.starts_with("replay/cli/"); }

}  // namespace reprise::tests
