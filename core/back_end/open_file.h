// open_file(): the File of both back ends, and OpenDescriptor, what it has open.
#pragma once

#include <reprise/core/io.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace reprise::internal {

/// A handle to an open file descriptor, which is closed with the last handle. An I/O in flight has
/// one. For one thread.
class OpenDescriptor {
 public:
  struct State {
    int fd = -1;
    bool read_only = false;
    bool direct = false;
    std::uint32_t handles = 0;
  };

  OpenDescriptor() = default;
  explicit OpenDescriptor(State* state) : state_(state) { ++state_->handles; }
  OpenDescriptor(const OpenDescriptor& other) : state_(other.state_) {
    if (state_ != nullptr) ++state_->handles;
  }
  OpenDescriptor(OpenDescriptor&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  OpenDescriptor& operator=(const OpenDescriptor& other) noexcept {
    if (other.state_ != nullptr) ++other.state_->handles;
    release();
    state_ = other.state_;
    return *this;
  }
  ~OpenDescriptor() { release(); }

  /// -1 without one.
  int fd() const { return state_ != nullptr ? state_->fd : -1; }
  const State& state() const { return *state_; }

 private:
  void release() {
    if (state_ != nullptr && --state_->handles == 0) close();
  }
  void close();

  State* state_ = nullptr;
};

/// What a back end does for its files.
class FileDevice {
 public:
  /// `request` is one that refusal_of() (below) has not refused.
  virtual Completion submit_to(const OpenDescriptor& file, IORequest& request) = 0;
  virtual Completion refuse(IOError error, IORequest& request) = 0;

 protected:
  ~FileDevice() = default;
};

/// `device` must outlive the file.
OpenResult open_file(FileDevice& device, std::string_view path, const OpenOptions& options);

/// Why a file's I/O is not even tried; IOError::none if it is.
IOError refusal_of(const IORequest& request, const OpenDescriptor::State& file);

}  // namespace reprise::internal
