// Client: libssh2 on one of the world's sockets. Each of its calls is made again as long as it says
// EAGAIN.
#pragma once

#include "scenarios/libraries/heap.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

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
  Client& operator=(const Client&) = delete;
  ~Client() {
    if (!is_freed_) libssh2_session_free(session_);
  }

  LIBSSH2_SESSION* session() const { return session_; }
  LIBSSH2_CHANNEL* channel() const { return channel_; }
  /// From now on calls may say EAGAIN so often; at the next time the call is given up.
  void set_patience(std::uint32_t patience) { patience_ = patience; }
  bool has_given_up() const { return has_given_up_; }
  /// For the exchange of keys: "curve25519-sha256".
  void prefer(const char* method) {
    libssh2_session_method_pref(session_, LIBSSH2_METHOD_KEX, method);
  }

  /// What a call gives in the end.
  template <class Call>
  std::ptrdiff_t answer(Call call) {
    return sim_
        .await_again([&]() -> std::ptrdiff_t { return call(); },
                     [&](std::ptrdiff_t given) { return again(given); })
        .value();
  }
  std::ptrdiff_t shake_hands() {
    return answer([&] { return libssh2_session_handshake(session_, fd_); });
  }
  std::ptrdiff_t log_in(std::string_view user, std::string_view password) {
    return answer([&] {
      return libssh2_userauth_password_ex(session_, user.data(), static_cast<unsigned>(user.size()),
                                          password.data(), static_cast<unsigned>(password.size()),
                                          nullptr);
    });
  }
  std::ptrdiff_t open_channel(unsigned window) {
    return answer([&] {
      channel_ = libssh2_channel_open_ex(session_, "session", 7, window,
                                         LIBSSH2_CHANNEL_PACKET_DEFAULT, nullptr, 0);
      return channel_ != nullptr ? 0 : libssh2_session_last_errno(session_);
    });
  }
  std::ptrdiff_t free_channel() {
    return answer([&] { return libssh2_channel_free(channel_); });
  }
  std::ptrdiff_t free_session() {
    is_freed_ = true;
    patience_ = UINT32_MAX;
    return answer([&] { return libssh2_session_free(session_); });
  }

 private:
  Again again(std::ptrdiff_t given) {
    if (given != LIBSSH2_ERROR_EAGAIN) return Again::no();
    has_given_up_ = has_given_up_ || patience_ == 0;
    if (patience_ == 0) return Again::no();
    --patience_;
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
  bool has_given_up_ = false;
  LIBSSH2_SESSION* session_;
  LIBSSH2_CHANNEL* channel_ = nullptr;
  bool is_freed_ = false;
};

}  // namespace reprise::libraries::libssh2
