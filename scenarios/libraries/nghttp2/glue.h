// What nghttp2 is given: a stream and a heap.
#pragma once

#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <nghttp2/nghttp2.h>
#include <cstring>
#include <memory>

namespace reprise::libraries::nghttp2 {

using Callbacks =
    std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)>;

/// What a session's callbacks are given.
struct End {
  Sim& sim;
  Stream& stream;
  nghttp2_session* session = nullptr;
};

inline ssize_t moved_or_why(std::ptrdiff_t moved) {
  if (moved == would_block) return NGHTTP2_ERR_WOULDBLOCK;
  if (moved == is_lost) return NGHTTP2_ERR_CALLBACK_FAILURE;
  return moved == 0 ? ssize_t{NGHTTP2_ERR_EOF} : moved;
}

/// The callbacks that send and receive.
inline Callbacks make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  nghttp2_session_callbacks_new(&made);
  nghttp2_session_callbacks_set_send_callback(
      made, [](nghttp2_session*, const std::uint8_t* bytes, std::size_t size, int, void* end) {
        return moved_or_why(send_some(static_cast<End*>(end)->stream, bytes, size));
      });
  nghttp2_session_callbacks_set_recv_callback(
      made, [](nghttp2_session*, std::uint8_t* bytes, std::size_t size, int, void* end) {
        return moved_or_why(receive_some(static_cast<End*>(end)->stream, bytes, size));
      });
  return Callbacks(made, &nghttp2_session_callbacks_del);
}

inline nghttp2_mem on_heap(Heap& heap) {
  return {&heap, [](std::size_t size, void* of) { return static_cast<Heap*>(of)->allocate(size); },
          [](void* block, void* of) { static_cast<Heap*>(of)->release(block); },
          [](std::size_t count, std::size_t size, void* of) {
            void* block = static_cast<Heap*>(of)->allocate(count * size);
            return block == nullptr ? block : std::memset(block, 0, count * size);
          },
          [](void* block, std::size_t size, void* of) {
            return static_cast<Heap*>(of)->resize(block, size);
          }};
}

/// What to wait for after a call that gave this status. `has_more` says that there is something to
/// send that the session does not know.
inline Again again(const End& end, int status, bool has_more) {
  const bool sends = has_more || nghttp2_session_want_write(end.session) != 0;
  const bool receives = nghttp2_session_want_read(end.session) != 0;
  if (status != 0 || (!sends && !receives)) return Again::no();
  return sends ? Again::when_either(end.stream) : Again::when_readable(end.stream);
}

}  // namespace reprise::libraries::nghttp2
