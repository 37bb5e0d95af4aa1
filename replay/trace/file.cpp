#include <reprise/replay/trace/file.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>
#include <reprise/sim/plan/names.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace reprise {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t hash_digits_min = 4;
constexpr std::size_t hash_digits_max = 16;
constexpr std::size_t name_part_max = 80;  // of a check or a scenario; a file's name has 255 bytes

// As part of a file's name.
std::string name_part(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, name_part_max)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    out += is_plain ? c : '-';
  }
  return out;
}

// The bytes, but for what depends on the machine.
std::string content_of(Trace trace) {
  trace.build.clear();
  return to_json(trace);
}

// A new file in a folder, gone again unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& folder) {
    constexpr unsigned tries_max = 1000;
    // A process that was killed may have left one with the same number.
    for (unsigned i = 0; i < tries_max && (i == 0 || error_ == EEXIST); ++i) {
      path_ = folder / fmt::format(".reprise-{}-{}.tmp", ::getpid(), i);
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      error_ = fd_ < 0 ? errno : 0;
    }
    is_ours_ = fd_ >= 0;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_ >= 0) ::close(fd_);
    if (is_ours_) ::unlink(path_.c_str());
  }

  /// errno of the first step that failed, or 0.
  int error() const { return error_; }

  /// All of it, down to the device.
  void write(std::string_view text) {
    while (error_ == 0 && !text.empty()) {
      const ssize_t count = ::write(fd_, text.data(), text.size());
      if (count > 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        error_ = count == 0 ? EIO : errno;
      }
    }
    if (error_ == 0 && ::fsync(fd_) != 0) error_ = errno;
    // Some file systems tell only now that there was no room.
    if (error_ == 0 && ::close(std::exchange(fd_, -1)) != 0) error_ = errno;
  }

  /// Gives an errno, or 0; EEXIST if there is something of that name.
  int rename_to(const fs::path& path) {
    int error = 0;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
      error = errno;
    }
    if (error == EINVAL || error == ENOSYS) error = rename_plainly(path);
    if (error == 0) is_ours_ = false;
    return error;
  }

 private:
  // Where the file system cannot promise to replace nothing.
  int rename_plainly(const fs::path& path) const {
    struct stat other = {};
    if (::lstat(path.c_str(), &other) == 0) return EEXIST;
    return ::rename(path_.c_str(), path.c_str()) == 0 ? 0 : errno;
  }

  fs::path path_;
  int fd_ = -1;
  int error_ = 0;
  bool is_ours_ = false;  // there, and to be removed
};

// So that the new name outlives a power cut. Where a folder cannot be synced, nothing is lost but
// that.
void sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

std::string not_writable(const std::string& folder, std::string_view why) {
  return fmt::format("{}: no trace can be written to this folder: {}", escaped(folder), why);
}

std::optional<std::string> make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return not_writable(folder, errno_text(error.value()));
  if (!fs::is_directory(folder, error)) return not_writable(folder, errno_text(ENOTDIR));
  return std::nullopt;
}

bool holds_same(const std::string& path, const std::string& content) {
  const Expected<Trace> other = read_trace(path);
  return other.ok() && content_of(other.value()) == content;
}

}  // namespace

Expected<Trace> read_trace(const std::string& path) {
  const Expected<std::string> text = read_file_text(path, trace_bytes_max);
  if (!text.ok()) return Expected<Trace>::failed(text.error());
  Expected<Trace> trace = parse_trace(text.value());
  if (trace.ok()) return trace;
  return Expected<Trace>::failed(fmt::format("{}: {}", escaped(path), trace.error()));
}

Expected<std::vector<std::string>> trace_paths(const std::string& file_or_folder) {
  using Paths = std::vector<std::string>;
  std::error_code error;
  if (!fs::is_directory(file_or_folder, error)) return Paths{file_or_folder};
  Paths files;
  fs::directory_iterator entries(file_or_folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".json") files.push_back(entries->path().string());
  }
  if (error) {
    return Expected<Paths>::failed(fmt::format("{}: {}", escaped(file_or_folder), error.message()));
  }
  std::ranges::sort(files);
  return files;
}

Expected<std::string> write_trace(const std::string& folder, const Trace& trace) {
  using Result = Expected<std::string>;
  const std::string text = to_json(trace);
  if (text.size() > trace_bytes_max && !trace.events.empty()) {
    Trace shorter = trace;
    shorter.events.clear();
    return write_trace(folder, shorter);
  }
  if (std::optional<std::string> error = make_folder(folder)) {
    return Result::failed(std::move(*error));
  }
  TemporaryFile file(folder);
  file.write(text);
  if (file.error() != 0) return Result::failed(not_writable(folder, errno_text(file.error())));

  const std::string content = content_of(trace);
  const std::string hash = fmt::format("{:016x}", hash_of_name(content));
  const std::string check = trace.finding.has_value() ? trace.finding->check : "run";
  for (std::size_t digits = hash_digits_min; digits <= hash_digits_max; ++digits) {
    const fs::path path =
        fs::path(folder) / fmt::format("{}-{}-{}.json", name_part(check), name_part(trace.scenario),
                                       hash.substr(0, digits));
    const int error = file.rename_to(path);
    if (error == 0) sync_folder(folder);
    if (error == 0 || (error == EEXIST && holds_same(path, content))) return path.string();
    if (error != EEXIST) return Result::failed(not_writable(folder, errno_text(error)));
  }
  return Result::failed(not_writable(folder, "other files have all the names that it could have"));
}

std::optional<std::string> prepare_folder(const std::string& folder) {
  if (std::optional<std::string> error = make_folder(folder)) return error;
  TemporaryFile probe(folder);
  probe.write("a probe\n");
  if (probe.error() != 0) return not_writable(folder, errno_text(probe.error()));
  return std::nullopt;
}

Expected<std::vector<std::string>> trace_paths_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    Expected<std::vector<std::string>> more = trace_paths(argument);
    if (!more.ok()) return more;
    paths.insert(paths.end(), more.value().begin(), more.value().end());
  }
  return paths;
}

}  // namespace reprise
