// Buffer: bytes that an I/O may use, kept alive by every handle to them, the I/O's own included.
//
//   Buffer page = Buffer::allocate(4096);
//   Completion done = file.pread(0, page);      // the I/O holds the buffer too
//   ... once done.succeeded():  page.bytes()[0]
#pragma once

#include <reprise/core/internal/unwatched.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace reprise {

/// A handle to reference-counted bytes, or to a slice of them; or to borrowed memory. Copies share
/// the bytes. A device owns the bytes from submit until the completion has finished: until then
/// nothing else may write them, or read them if they are the target of a read. Not thread-safe.
class Buffer {
 public:
  /// No bytes; size() is 0.
  Buffer() = default;
  /// `size` bytes of zeros; the address is a multiple of `alignment` (a power of two).
  static Buffer allocate(std::size_t size, std::size_t alignment = 512);
  /// The caller's own memory, which handles do not keep alive: it must stay where it is until every
  /// I/O that uses it has finished, cancelled ones included, and until the last handle is gone.
  static Buffer borrow(std::span<std::byte> memory);

  // A handle is copied and moved unseen by the store watch.
  REPRISE_UNWATCHED Buffer(const Buffer& other) noexcept
      : refs_(other.refs_), data_(other.data_), size_(other.size_) {
    if (refs_ != nullptr) ++*refs_;
  }
  REPRISE_UNWATCHED Buffer(Buffer&& other) noexcept
      : refs_(other.refs_), data_(other.data_), size_(other.size_) {
    other.forget();
  }
  REPRISE_UNWATCHED Buffer& operator=(const Buffer& other) noexcept {
    if (other.refs_ != nullptr) ++*other.refs_;
    release();
    become(other);
    return *this;
  }
  REPRISE_UNWATCHED Buffer& operator=(Buffer&& other) noexcept {
    if (this == &other) return *this;
    release();
    become(other);
    other.forget();
    return *this;
  }
  REPRISE_UNWATCHED ~Buffer() { release(); }

  /// The part [offset, offset + size) of this buffer, sharing its bytes. Out of range is a
  /// REPRISE_ASSERT.
  Buffer slice(std::size_t offset, std::size_t size) const;

  std::span<std::byte> bytes() const { return {data_, size_}; }
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  /// How many handles, slices and I/Os share the bytes; 0 if they are borrowed.
  std::uint32_t use_count() const;

 private:
  REPRISE_UNWATCHED void become(const Buffer& other) {
    refs_ = other.refs_;
    data_ = other.data_;
    size_ = other.size_;
  }
  REPRISE_UNWATCHED void forget() {
    refs_ = nullptr;
    data_ = nullptr;
    size_ = 0;
  }
  REPRISE_UNWATCHED void release() {
    if (refs_ != nullptr && --*refs_ == 0) free_bytes();
  }
  void free_bytes();

  std::uint32_t* refs_ = nullptr;  // in front of the bytes; null: no bytes, or borrowed
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace reprise
