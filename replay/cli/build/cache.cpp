#include <reprise/replay/cli/build/cache.h>

#include <reprise/core/digest.h>
#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

// A list: a line with the digest of all that follows, one for the file, one for each dependency.
constexpr std::string_view format_word = "reprise-cache/1";
constexpr std::uint64_t bytes_max = std::uint64_t{1} << 30;
constexpr std::string_view work_prefix = "work-";
constexpr auto work_folder_age_max = std::chrono::hours(24);

std::optional<std::uint64_t> digest_of_file(const std::string& path) {
  const Expected<std::string> text = read_file_text(path, bytes_max);
  if (!text.ok()) return std::nullopt;
  return digest_of_text(text.value());
}

constexpr std::string_view extension_of(CachedKind kind) {
  switch (kind) {
    case CachedKind::object: return ".o";
    case CachedKind::library: return ".so";
    case CachedKind::precompiled_header: break;
  }
  return ".gch";
}

std::string written(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

// Up to the end of the line, which is taken away too.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// A line of a list: a digest, a space, and a path.
struct ListLine {
  std::uint64_t digest = 0;
  std::string path;
};

std::optional<ListLine> parse_listed(std::string_view line) {
  ListLine listed;
  const char* const end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, listed.digest, 16);
  if (error != std::errc() || rest == end || *rest != ' ') return std::nullopt;
  listed.path.assign(rest + 1, end);
  return listed;
}

bool holds_what_it_held(const ListLine& listed) {
  return digest_of_file(listed.path) == listed.digest;
}

// What it names belongs to this user alone: others must not put libraries there.
std::optional<std::string> own_temporary_folder() {
  std::error_code error;
  const fs::path path = fs::temp_directory_path(error) / fmt::format("reprise-cache-{}", getuid());
  if (error) return std::nullopt;
  ::mkdir(path.c_str(), 0700);
  struct stat status = {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  if (status.st_uid != getuid() || (status.st_mode & 022) != 0) return std::nullopt;
  return path.string();
}

// Makes the folder if need be; an errno, or 0 if files can be written there.
int prepare(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return error.value();
  if (!fs::is_directory(folder, error)) return ENOTDIR;
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

std::optional<struct timespec> changed_at(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_mtim;
}

bool is_before(const struct timespec& a, const struct timespec& b) {
  return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

// The whole list, or nothing if a dependency is not what the compiler has read, or may not be.
std::optional<std::string> make_list(const std::string& library, std::uint64_t library_digest,
                                     const std::vector<std::string>& dependencies,
                                     const WorkFolder& work) {
  const std::optional<struct timespec> begin = changed_at(work / "begin");
  if (!begin) return std::nullopt;
  std::string list =
      fmt::format("{} {}\n", written(library_digest), fs::path(library).filename().string());
  for (const std::string& path : dependencies) {
    const std::optional<std::uint64_t> digest = digest_of_file(path);
    const std::optional<struct timespec> changed = changed_at(path);
    if (!digest || !changed || !is_before(*changed, *begin)) return std::nullopt;
    list += fmt::format("{} {}\n", written(*digest), path);
  }
  return fmt::format("{} {}\n", written(digest_of_text(list)), format_word) + list;
}

bool write_file(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file.good();
}

struct AgedFile {
  fs::file_time_type time;
  fs::path path;
};

// Removes all but the newest `max` files, and the lists that belonged to those removed alone.
void remove_all_but(std::size_t max, std::vector<AgedFile>& files,
                    const std::vector<fs::path>& lists) {
  if (files.size() <= max) return;
  std::ranges::sort(files, std::ranges::greater(), &AgedFile::time);
  const auto kept_end = files.begin() + static_cast<std::ptrdiff_t>(max);
  std::error_code error;
  for (auto file = kept_end; file != files.end(); ++file) fs::remove(file->path, error);
  for (const fs::path& list : lists) {
    const std::string stem = list.stem().string();
    const auto is_its = [&](const AgedFile& file) {
      return file.path.filename().string().starts_with(stem);
    };
    const bool is_needed = std::any_of(files.begin(), kept_end, is_its);
    if (!is_needed && std::any_of(kept_end, files.end(), is_its)) fs::remove(list, error);
  }
}

}  // namespace

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Expected<CompileCache> CompileCache::open() {
  const std::string named = environment_value("REPRISE_CACHE");
  if (!named.empty()) {
    const int error = prepare(named);
    if (error == 0) return CompileCache(named);
    return Expected<CompileCache>::failed(
        fmt::format("{}: the folder that $REPRISE_CACHE names cannot be written to: {}",
                    escaped(named), errno_text(error)));
  }
  const std::string xdg = environment_value("XDG_CACHE_HOME");
  const std::string home = environment_value("HOME");
  if (!xdg.empty() && prepare(xdg + "/reprise") == 0) return CompileCache(xdg + "/reprise");
  if (!home.empty() && prepare(home + "/.cache/reprise") == 0) {
    return CompileCache(home + "/.cache/reprise");
  }
  if (std::optional<std::string> own = own_temporary_folder()) return CompileCache(*std::move(own));
  return Expected<CompileCache>::failed(
      "there is no folder to compile in; set REPRISE_CACHE to one that can be written to");
}

std::string CompileCache::list_path(std::uint64_t key) const {
  return fmt::format("{}/{}.list", folder_, written(key));
}

std::optional<CacheEntry> CompileCache::find(CachedKind kind, std::uint64_t key) const {
  const Expected<std::string> list = read_file_text(list_path(key), bytes_max);
  if (!list.ok()) return std::nullopt;
  std::string_view rest = list.value();
  const std::optional<ListLine> heading = parse_listed(take_line(rest));
  if (!heading || heading->path != format_word || heading->digest != digest_of_text(rest)) {
    return std::nullopt;
  }
  std::optional<ListLine> file = parse_listed(take_line(rest));
  if (!file || !file->path.ends_with(extension_of(kind))) return std::nullopt;
  CacheEntry entry{folder_ + '/' + file->path, {}};
  while (!rest.empty()) {
    std::optional<ListLine> dependency = parse_listed(take_line(rest));
    if (!dependency || !holds_what_it_held(*dependency)) return std::nullopt;
    entry.dependencies.push_back(std::move(dependency->path));
  }
  file->path = entry.path;
  if (!holds_what_it_held(*file)) return std::nullopt;
  ::utimensat(AT_FDCWD, entry.path.c_str(), nullptr, 0);  // used now
  return entry;
}

Expected<WorkFolder> CompileCache::make_work_folder() const {
  std::string path = fmt::format("{}/{}XXXXXX", folder_, work_prefix);
  if (::mkdtemp(path.data()) == nullptr) {
    return Expected<WorkFolder>::failed(
        fmt::format("{}: cannot be written to: {}", escaped(folder_), errno_text(errno)));
  }
  WorkFolder work(path);
  if (!write_file(work / "begin", "")) {
    return Expected<WorkFolder>::failed(fmt::format("{}: cannot be written to", escaped(folder_)));
  }
  return work;
}

Expected<std::string> CompileCache::store(CachedKind kind, std::uint64_t key,
                                          const WorkFolder& work, const std::string& file,
                                          const std::vector<std::string>& dependencies) const {
  using Result = Expected<std::string>;
  const std::optional<std::uint64_t> digest = digest_of_file(file);
  if (!digest) return Result::failed(escaped(file) + ": the compiler has not written it");
  const std::string path =
      fmt::format("{}/{}-{}{}", folder_, written(key), written(*digest), extension_of(kind));
  const std::optional<std::string> list = make_list(path, *digest, dependencies, work);
  std::error_code error;
  fs::rename(file, path, error);
  if (error) {
    return Result::failed(
        fmt::format("{}: cannot be written: {}", escaped(path), errno_text(error.value())));
  }
  // Without a list it is only not found again.
  if (list && write_file(work / "list", *list)) fs::rename(work / "list", list_path(key), error);
  if (kind != CachedKind::object) remove_oldest();
  return path;
}

void CompileCache::remove_oldest() const {
  std::error_code error;
  std::vector<AgedFile> objects;
  std::vector<AgedFile> libraries;
  std::vector<AgedFile> precompiled_headers;
  std::vector<fs::path> lists;
  const fs::file_time_type now = fs::file_time_type::clock::now();
  fs::directory_iterator entries(folder_, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    const std::string name = path.filename().string();
    std::error_code ignored;
    const fs::file_time_type time = fs::last_write_time(path, ignored);
    if (name.starts_with(work_prefix) && !ignored && now - time > work_folder_age_max) {
      fs::remove_all(path, ignored);  // of a process that was killed
    } else if (path.extension() == extension_of(CachedKind::object)) {
      objects.push_back({time, path});
    } else if (path.extension() == extension_of(CachedKind::library)) {
      libraries.push_back({time, path});
    } else if (path.extension() == extension_of(CachedKind::precompiled_header)) {
      precompiled_headers.push_back({time, path});
    } else if (path.extension() == ".list") {
      lists.push_back(path);
    }
  }
  remove_all_but(objects_max, objects, lists);
  remove_all_but(libraries_max, libraries, lists);
  remove_all_but(precompiled_headers_max, precompiled_headers, lists);
}

std::vector<std::string> dependencies_in(std::string_view rule) {
  std::vector<std::string> paths;
  const std::size_t colon = rule.find(':');  // after the target, which make needs
  if (colon == std::string_view::npos) return paths;
  std::string path;
  const auto end_path = [&] {
    if (!path.empty()) paths.push_back(std::exchange(path, {}));
  };
  for (std::size_t at = colon + 1; at < rule.size(); ++at) {
    const char c = rule[at];
    const char next = at + 1 < rule.size() ? rule[at + 1] : '\0';
    if (c == '\\' && (next == ' ' || next == '#' || next == '\\')) {
      path += next;
      ++at;
    } else if (c == '$' && next == '$') {
      path += '$';
      ++at;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || (c == '\\' && next == '\n')) {
      end_path();
    } else {
      path += c;
    }
  }
  end_path();
  return paths;
}

}  // namespace reprise
