// MemoryFile: a File in memory that does everything before submit returns, unless it is told how
// the next requests end.
//
//   MemoryFile file;
//   file.next.push_back({.bytes_max = 10});               // the next one moves ten bytes at most
//   file.next.push_back({.error = IOError::interrupted});  // the one after it fails
//   file.next.push_back({.held = true});                   // and this one waits for release()
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

namespace reprise::tests {

class MemoryFile final : public File {
 public:
  struct Answer {
    IOError error = IOError::none;
    std::uint64_t bytes_max = UINT64_MAX;
    bool held = false;
  };

  std::vector<std::byte> bytes;
  std::deque<Answer> next;
  std::uint64_t submits = 0;

  Result<std::uint64_t> size() const override { return bytes.size(); }

  Completion submit(IORequest&& request) override {
    ++submits;
    Answer answer;
    if (!next.empty()) {
      answer = next.front();
      next.pop_front();
    }
    Completion completion = pool_.make(std::move(request.callback));
    if (answer.held) {
      held_.push_back({request.kind,
                       request.offset,
                       request.size,
                       {request.buffers.begin(), request.buffers.end()},
                       completion});
    } else if (answer.error != IOError::none) {
      completion.fail(answer.error);
    } else {
      const std::vector<Buffer> buffers(request.buffers.begin(), request.buffers.end());
      completion.finish(perform({request.kind, request.offset, request.size, buffers, completion},
                                answer.bytes_max));
    }
    return completion;
  }

  /// Does what was held, oldest first.
  void release() {
    for (const Held& held : std::exchange(held_, {})) {
      held.completion.finish(perform(held, UINT64_MAX));
    }
  }

 private:
  struct Held {
    IOKind kind;
    std::uint64_t offset;
    std::uint64_t size;
    std::vector<Buffer> buffers;
    Completion completion;
  };

  std::uint64_t perform(const Held& request, std::uint64_t bytes_max) {
    if (request.kind == IOKind::truncate) bytes.resize(request.size);
    if (request.kind != IOKind::read && request.kind != IOKind::write) return 0;
    std::uint64_t moved = 0;
    for (const Buffer& buffer : request.buffers) {
      moved += move(request.kind, request.offset + moved, buffer, bytes_max - moved);
    }
    return moved;
  }

  std::uint64_t move(IOKind kind, std::uint64_t offset, const Buffer& buffer,
                     std::uint64_t bytes_max) {
    std::uint64_t count = std::min<std::uint64_t>(buffer.size(), bytes_max);
    if (kind == IOKind::read)
      count = std::min(count, bytes.size() - std::min(offset, bytes.size()));
    if (count == 0) return 0;
    if (kind == IOKind::write) {
      if (bytes.size() < offset + count) bytes.resize(offset + count);
      std::memcpy(bytes.data() + offset, buffer.data(), count);
    } else {
      std::memcpy(buffer.data(), bytes.data() + offset, count);
    }
    return count;
  }

  CompletionPool pool_;
  std::vector<Held> held_;
};

}  // namespace reprise::tests
