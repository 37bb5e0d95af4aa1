#include <reprise/core/back_end/system_call.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace reprise {

namespace {

std::int64_t bytes_or_error(std::int64_t answer) { return answer < 0 ? -errno : answer; }

std::int64_t sync_folder(const std::string& path) {
  const int fd = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  const std::int64_t answer = bytes_or_error(::fsync(fd));
  ::close(fd);
  return answer;
}

}  // namespace

int internal::write_flags(const WriteOptions& options) {
  return (options.durable ? RWF_DSYNC : 0) | (options.at_end ? RWF_APPEND : 0);
}

void internal::set_parts(std::vector<iovec>& parts, std::span<const Buffer> buffers) {
  parts.clear();
  for (const Buffer& buffer : buffers) {
    if (buffer.size() == 0) continue;
    if (parts.size() == IOV_MAX) break;
    parts.push_back({buffer.data(), buffer.size()});
  }
}

std::int64_t SystemCall::run() const {
  const off_t from = static_cast<off_t>(offset);
  const off_t length = static_cast<off_t>(size);
  const int count = static_cast<int>(parts.size());
  switch (kind) {
    case IOKind::read: return bytes_or_error(::preadv(fd, parts.data(), count, from));
    case IOKind::write:
      return bytes_or_error(::pwritev2(fd, parts.data(), count, from, write_flags(write_options)));
    case IOKind::sync: return bytes_or_error(::fsync(fd));
    case IOKind::data_sync: return bytes_or_error(::fdatasync(fd));
    case IOKind::truncate: return bytes_or_error(::ftruncate(fd, length));
    case IOKind::allocate: return bytes_or_error(::fallocate(fd, 0, from, length));
    case IOKind::punch_hole:
      return bytes_or_error(
          ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, length));
    case IOKind::remove: return bytes_or_error(::unlink(path.c_str()));
    case IOKind::rename: return bytes_or_error(::rename(path.c_str(), new_path.c_str()));
    case IOKind::sync_folder: return sync_folder(path);
    default: break;
  }
  REPRISE_ASSERT(false, "a timer is no system call, and connections need no thread");
}

}  // namespace reprise
