// The cache of compiled files: objects, libraries and precompiled headers, found by the inputs they
// were made of. An entry is such a file with a list of its input files and their digests; it is
// valid while no input has changed. Entries appear complete or not at all, and several processes
// may use one cache. A damaged entry counts as missing.
#pragma once

#include <reprise/replay/text/expected.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

/// A new folder for one compilation; the destructor removes it with its content.
class WorkFolder {
 public:
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  std::string operator/(std::string_view name) const { return path_ + '/' + std::string(name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The kind of file in a cache entry.
enum class CachedKind : std::uint8_t { object, library, precompiled_header };

struct CacheEntry {
  std::string path;
  std::vector<std::string> dependencies;  // its input files
};

class CompileCache {
 public:
  /// The most libraries that are kept; the most recently used stay.
  static constexpr std::size_t libraries_max = 64;
  /// The same for objects: as many as a large project in C has files.
  static constexpr std::size_t objects_max = 1024;
  /// The same for precompiled headers, each of about 100 MB.
  static constexpr std::size_t precompiled_headers_max = 4;

  /// Opens the cache in $REPRISE_CACHE, else in `reprise` in $XDG_CACHE_HOME, else in ~/.cache,
  /// else in a folder of this user among the temporary files. The error sentence says why nothing
  /// can be written there.
  static Expected<CompileCache> open();
  /// Uses `folder`, which must exist.
  explicit CompileCache(std::string folder) : folder_(std::move(folder)) {}

  /// The entry for `key`, if it is still valid.
  std::optional<CacheEntry> find(CachedKind kind, std::uint64_t key) const;
  Expected<WorkFolder> make_work_folder() const;
  /// Moves the file that was made in `work` from `dependencies` into the cache, and gives its new
  /// path. find() will not find it if a dependency has changed since `work` was created. Old
  /// entries are removed, but not by an object, which is part of a library to come.
  Expected<std::string> store(CachedKind kind, std::uint64_t key, const WorkFolder& work,
                              const std::string& file,
                              const std::vector<std::string>& dependencies) const;

  const std::string& folder() const { return folder_; }

 private:
  std::string list_path(std::uint64_t key) const;
  void remove_oldest() const;

  std::string folder_;
};

/// The files that a make rule written by a compiler names.
std::vector<std::string> dependencies_in(std::string_view rule);

}  // namespace reprise
