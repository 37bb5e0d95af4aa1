#include <reprise/core/buffer.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace reprise {

namespace {

/// What stands right in front of the bytes.
struct Header {
  std::uint32_t refs = 1;  // first: a Buffer points to it
  std::uint32_t room = 0;  // from the beginning of the memory to the bytes; its alignment too
};

}  // namespace

Buffer Buffer::allocate(std::size_t size, std::size_t alignment) {
  REPRISE_ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0,
                 "a buffer's alignment is a power of two");
  alignment = std::max(alignment, alignof(std::max_align_t));
  static_assert(sizeof(Header) <= alignof(std::max_align_t));
  void* const memory = ::operator new (alignment + size, std::align_val_t{alignment});
  Buffer buffer;
  buffer.data_ = static_cast<std::byte*>(memory) + alignment;
  Header* const header =
      new (buffer.data_ - sizeof(Header)) Header{1, static_cast<std::uint32_t>(alignment)};
  buffer.refs_ = &header->refs;
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

void Buffer::free_bytes() {
  Header* const header = reinterpret_cast<Header*>(refs_);  // a struct and its first member
  const std::size_t room = header->room;
  std::byte* const bytes = reinterpret_cast<std::byte*>(header) + sizeof(Header);
  ::operator delete (static_cast<void*>(bytes - room), std::align_val_t{room});
}

Buffer Buffer::slice(std::size_t offset, std::size_t size) const {
  REPRISE_ASSERT(offset <= size_ && size <= size_ - offset, "a slice lies within its buffer");
  Buffer part = *this;
  part.data_ += offset;
  part.size_ = size;
  return part;
}

std::uint32_t Buffer::use_count() const { return refs_ == nullptr ? 0 : *refs_; }

}  // namespace reprise
