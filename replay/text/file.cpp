#include <reprise/replay/text/file.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <reprise/replay/text/escape.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace reprise {

namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

// Why there is nothing to read from the start.
std::optional<std::string> refusal(const OpenFile& file, const std::string& path,
                                   std::uint64_t bytes_max) {
  if (path.find('\0') != std::string::npos) return "there is no such file";
  if (file.fd() < 0) {
    if (errno == ENOENT) return "there is no such file";
    return fmt::format("cannot be opened: {}", errno_text(errno));
  }
  struct stat status = {};
  if (::fstat(file.fd(), &status) != 0) {
    return fmt::format("cannot be read: {}", errno_text(errno));
  }
  if (S_ISDIR(status.st_mode)) return "this is a folder; expected a file";
  if (S_ISREG(status.st_mode) && static_cast<std::uint64_t>(status.st_size) > bytes_max) {
    return fmt::format("has {} bytes; at most {} ({} MiB) are read", status.st_size, bytes_max,
                       bytes_max >> 20);
  }
  return std::nullopt;
}

}  // namespace

std::string errno_text(int error) { return std::generic_category().message(error); }

Expected<std::string> read_file_text(const std::string& path, std::uint64_t bytes_max) {
  using Result = Expected<std::string>;
  const auto failed = [&path](std::string_view sentence) {
    return Result::failed(fmt::format("{}: {}", escaped(path), sentence));
  };
  const OpenFile file(path);
  if (const std::optional<std::string> sentence = refusal(file, path, bytes_max)) {
    return failed(*sentence);
  }
  constexpr std::size_t step = std::size_t{64} << 10;
  std::string text;
  for (;;) {
    const std::size_t size = text.size();
    text.resize(size + step);
    const ssize_t count = ::read(file.fd(), text.data() + size, step);
    const int error = errno;
    text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count == 0) return text;
    if (count < 0 && error != EINTR) {
      return failed(fmt::format("cannot be read: {}", errno_text(error)));
    }
    if (text.size() > bytes_max) {
      return failed(fmt::format("has more than the {} bytes ({} MiB) that are read at most",
                                bytes_max, bytes_max >> 20));
    }
  }
}

std::optional<std::string> write_file_text(const std::string& path, std::string_view text) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool in_place = fs::exists(status) && !fs::is_regular_file(status);  // a pipe, a device
  // Two processes may write the same file: a shard, and the one that was started in its place.
  const std::string written = in_place ? path : fmt::format("{}.{}.tmp", path, ::getpid());
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) {
    if (!in_place) fs::remove(written, error);
    return fmt::format("{}: cannot be written: {}", escaped(path), errno_text(errno));
  }
  if (in_place) return std::nullopt;
  fs::rename(written, path, error);
  if (error) return fmt::format("{}: cannot be written: {}", escaped(path), error.message());
  return std::nullopt;
}

}  // namespace reprise
