#include <reprise/core/buffer.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace reprise {

struct Buffer::Block {
  std::uint32_t refs = 1;
  std::size_t alignment = 0;
};

Buffer Buffer::allocate(std::size_t size, std::size_t alignment) {
  REPRISE_ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0,
                 "a buffer's alignment is a power of two");
  alignment = std::max(alignment, alignof(std::max_align_t));
  const std::size_t header = std::max(alignment, sizeof(Block));
  void* memory = ::operator new (header + size, std::align_val_t{alignment});
  Buffer buffer;
  buffer.block_ = new (memory) Block{1, alignment};
  buffer.data_ = static_cast<std::byte*>(memory) + header;
  buffer.size_ = size;
  std::memset(buffer.data_, 0, size);
  return buffer;
}

Buffer Buffer::borrow(std::span<std::byte> memory) {
  Buffer buffer;
  buffer.data_ = memory.data();
  buffer.size_ = memory.size();
  return buffer;
}

Buffer::Buffer(const Buffer& other) : block_(other.block_), data_(other.data_), size_(other.size_) {
  if (block_ != nullptr) ++block_->refs;
}

Buffer::Buffer(Buffer&& other) noexcept
    : block_(std::exchange(other.block_, nullptr)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  Buffer taken(std::move(other));
  std::swap(block_, taken.block_);
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  return *this;
}

Buffer::~Buffer() {
  if (block_ == nullptr || --block_->refs != 0) return;
  const std::align_val_t alignment{block_->alignment};
  block_->~Block();
  ::operator delete(static_cast<void*>(block_), alignment);
}

Buffer Buffer::slice(std::size_t offset, std::size_t size) const {
  REPRISE_ASSERT(offset <= size_ && size <= size_ - offset, "a slice lies within its buffer");
  Buffer part = *this;
  part.data_ += offset;
  part.size_ = size;
  return part;
}

std::uint32_t Buffer::use_count() const { return block_ == nullptr ? 0 : block_->refs; }

}  // namespace reprise
