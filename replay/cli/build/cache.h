// The cache of compiled files: libraries and precompiled headers that are still good, found by what
// they were made of. An entry is such a file and a list of the files that went into it with a
// digest of each; it is good while all of them hold what they held. Entries appear whole or not at
// all, and several processes may use one cache. Any damage makes an entry unknown.
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

/// A new folder, for one compilation; gone with its content when this goes.
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

/// What an entry of the cache holds.
enum class CachedKind : std::uint8_t { library, precompiled_header };

struct CacheEntry {
  std::string path;
  std::vector<std::string> dependencies;  // the files that went into it
};

class CompileCache {
 public:
  /// The most libraries that are kept; those used last stay.
  static constexpr std::size_t libraries_max = 64;
  /// Likewise for precompiled headers, each of some 100 MB.
  static constexpr std::size_t precompiled_headers_max = 4;

  /// In $REPRISE_CACHE, else `reprise` in $XDG_CACHE_HOME, else in ~/.cache, else a folder of this
  /// user's own among the temporary files. The sentence says why nothing can be written there.
  static Expected<CompileCache> open();
  /// In `folder`, which is there.
  explicit CompileCache(std::string folder) : folder_(std::move(folder)) {}

  /// The entry for `key`, if it is still good.
  std::optional<CacheEntry> find(CachedKind kind, std::uint64_t key) const;
  Expected<WorkFolder> make_work_folder() const;
  /// Takes over the file that was made in `work` of `dependencies`, and gives its new path. It will
  /// not be found again if one of them was changed since `work` was made.
  Expected<std::string> store(CachedKind kind, std::uint64_t key, const WorkFolder& work,
                              const std::string& file,
                              const std::vector<std::string>& dependencies) const;

  const std::string& folder() const { return folder_; }

 private:
  std::string list_path(std::uint64_t key) const;
  void remove_oldest() const;

  std::string folder_;
};

/// The files named in a rule that a compiler wrote for make.
std::vector<std::string> dependencies_in(std::string_view rule);

}  // namespace reprise
