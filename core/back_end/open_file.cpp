#include <reprise/core/back_end/open_file.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

namespace reprise {

namespace {

constexpr std::uint64_t file_bytes_max = INT64_MAX;
constexpr std::uint64_t sector_bytes = 512;  // some devices want more, and the kernel says so

bool is_multiple(std::uint64_t value) { return value % sector_bytes == 0; }

bool is_aligned(const IORequest& request) {
  return (request.write_options.at_end || is_multiple(request.offset)) &&
         std::ranges::all_of(request.buffers, [](const Buffer& buffer) {
           return is_multiple(buffer.size()) &&
                  is_multiple(reinterpret_cast<std::uintptr_t>(buffer.data()));
         });
}

bool changes_file(IOKind kind) {
  return kind == IOKind::write || kind == IOKind::truncate || kind == IOKind::allocate ||
         kind == IOKind::punch_hole;
}

class RealFile final : public File {
 public:
  RealFile(FileDevice& device, OpenDescriptor file) : device_(device), file_(std::move(file)) {}

  Result<std::uint64_t> size() const override {
    const off_t end = ::lseek(file_.fd(), 0, SEEK_END);  // of a block device too
    if (end < 0) return static_cast<IOError>(errno);
    return static_cast<std::uint64_t>(end);
  }

  Completion submit(IORequest&& request) override {
    const IOError refusal = refusal_of(request, file_.state());
    if (refusal != IOError::none) [[unlikely]]
      return device_.refuse(refusal, request);
    return device_.submit_to(file_, request);
  }

 private:
  FileDevice& device_;
  OpenDescriptor file_;
};

}  // namespace

void OpenDescriptor::close() {
  ::close(state_->fd);
  delete state_;
}

OpenResult internal::open_file(FileDevice& device, std::string_view path,
                               const OpenOptions& options) {
  int flags = O_CLOEXEC | (options.read_only ? O_RDONLY : O_RDWR);
  if (options.create && !options.read_only) flags |= O_CREAT;
  if (options.create && options.exclusive) flags |= O_EXCL;
  if (options.direct) flags |= O_DIRECT;
  const int fd = ::open(std::string(path).c_str(), flags, 0666);
  if (fd < 0) return static_cast<IOError>(errno);
  const OpenDescriptor file(new OpenDescriptor::State{fd, options.read_only, options.direct, 0});
  return OpenResult(std::make_unique<RealFile>(device, file));
}

IOError internal::refusal_of(const IORequest& request, const OpenDescriptor::State& file) {
  if (file.read_only && changes_file(request.kind)) return IOError::bad_file;
  if (file.direct && !is_aligned(request)) return IOError::invalid;
  switch (request.kind) {
    case IOKind::read:
    case IOKind::write: {
      const std::uint64_t size = request.byte_count();
      const bool fits = size <= file_bytes_max && request.offset <= file_bytes_max - size;
      return fits ? IOError::none : IOError::too_large;
    }
    case IOKind::truncate:
      return request.size <= file_bytes_max ? IOError::none : IOError::too_large;
    case IOKind::allocate:
    case IOKind::punch_hole: {
      if (request.size == 0) return IOError::invalid;
      const bool fits =
          request.size <= file_bytes_max && request.offset <= file_bytes_max - request.size;
      return fits ? IOError::none : IOError::too_large;
    }
    case IOKind::sync:
    case IOKind::data_sync: return IOError::none;
    default: break;
  }
  REPRISE_ASSERT(false, "this is for an IO, not for a File");
}

}  // namespace reprise
