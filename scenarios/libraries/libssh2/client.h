// Client: libssh2 on one of the world's sockets. Each of its calls is made again as long as it says
// EAGAIN.
#pragma once

#include "scenarios/libraries/heap.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <cstddef>
#include <cstdint>

namespace reprise::libraries::libssh2 {

inline void* allocate(std::size_t size, void** heap) {
  return static_cast<Heap*>(*heap)->allocate(size);
}
inline void* resize(void* block, std::size_t size, void** heap) {
  return static_cast<Heap*>(*heap)->resize(block, size);
}
inline void release(void* block, void** heap) { static_cast<Heap*>(*heap)->release(block); }

class Client {
 public:
  Client(Sim& sim, Heap& heap, int fd)
      : sim_(sim),
        sockets_(sim.sockets()),
        fd_(fd),
        session_(libssh2_session_init_ex(allocate, release, resize, &heap)) {
    libssh2_session_set_blocking(session_, 0);
  }
  Client(const Client&) = delete;
  ~Client() {
    if (!is_freed_) libssh2_session_free(session_);
  }

  LIBSSH2_SESSION* session() const { return session_; }
  /// From now on a call is given up when EAGAIN has been said so often.
  void set_patience(std::uint32_t patience) { patience_ = patience; }
  bool has_given_up() const { return patience_ == 0; }

  /// What a call gives in the end.
  template <class Call>
  std::ptrdiff_t answer(Call call) {
    return sim_
        .await_again([&]() -> std::ptrdiff_t { return call(); },
                     [&](std::ptrdiff_t given) { return again(given); })
        .value();
  }
  std::ptrdiff_t free_session() {
    is_freed_ = true;
    patience_ = UINT32_MAX;
    return answer([&] { return libssh2_session_free(session_); });
  }

 private:
  Again again(std::ptrdiff_t given) {
    if (given != LIBSSH2_ERROR_EAGAIN) return Again::no();
    if (patience_ == 0 || --patience_ == 0) return Again::no();
    const int directions = libssh2_session_block_directions(session_);
    sim_.expect(directions != 0, "a call that says EAGAIN says what it waits for");
    switch (directions) {
      case LIBSSH2_SESSION_BLOCK_INBOUND: return Again::when(sockets_.readable(fd_));
      case LIBSSH2_SESSION_BLOCK_OUTBOUND: return Again::when(sockets_.writable(fd_));
      default: return Again::when(sockets_.either(fd_));
    }
  }

  Sim& sim_;
  Sim::Sockets sockets_;
  int fd_;
  std::uint32_t patience_ = UINT32_MAX;
  LIBSSH2_SESSION* session_;
  bool is_freed_ = false;
};

}  // namespace reprise::libraries::libssh2
