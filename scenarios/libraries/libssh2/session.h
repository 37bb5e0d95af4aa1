// Session: what a user of libssh2 does before and after the work: shakes hands, logs in, opens a
// channel, and ends it all. Calls fail only where the connection is lost.
#pragma once

#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/libssh2/client.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <cstddef>
#include <cstdint>
#include <string>

namespace reprise::libraries::libssh2 {

class Session {
 public:
  Session(Sim& sim, Heap& heap, int fd, bool is_lossy)
      : sim_(sim), fd_(fd), client_(sim, heap, fd), is_lossy_(is_lossy) {}

  LIBSSH2_SESSION* get() const { return client_.session(); }
  void give_up() { client_.set_patience(1 + sim_.choose("patience", 60)); }
  void exchange_keys_without_curves() {
    libssh2_session_method_pref(get(), LIBSSH2_METHOD_KEX, "diffie-hellman-group14-sha256");
  }

  bool works(std::ptrdiff_t answer, const char* what) {
    sim_.expect(answer >= 0 || is_lossy_ || client_.has_given_up(),
                std::string(what) + " works: " + std::to_string(answer));
    return answer >= 0;
  }
  /// Whether a call works in the end.
  template <class Call>
  bool does(const char* what, Call call) {
    return works(client_.answer(call), what);
  }
  /// Whether a call that makes something, and gives null until then, works in the end.
  template <class Call>
  bool makes(const char* what, Call call) {
    return does(what, [&] { return call() != nullptr ? 0 : libssh2_session_last_errno(get()); });
  }
  /// Whether `call(bytes, size)`, which may take fewer, takes all of the text.
  template <class Call>
  bool write(const std::string& text, Call call) {
    for (std::size_t sent = 0; sent < text.size();) {
      const std::ptrdiff_t more =
          client_.answer([&] { return call(text.data() + sent, text.size() - sent); });
      if (!works(more, "a write")) return false;
      sent += static_cast<std::size_t>(more);
    }
    return true;
  }
  /// Whether `call(bytes, size)`, with room for 1 to `room_max` bytes, comes to the end. Appends to
  /// `heard` what it gives.
  template <class Call>
  bool read(std::string& heard, std::uint32_t room_max, Call call) {
    for (;;) {
      std::string bytes(1 + sim_.choose("room", room_max), '\0');
      const std::ptrdiff_t more = client_.answer([&] { return call(bytes.data(), bytes.size()); });
      if (!works(more, "a read")) return false;
      if (more == 0) return true;
      heard.append(bytes, 0, static_cast<std::size_t>(more));
    }
  }

  bool log_in() {
    if (!does("the handshake", [&] { return libssh2_session_handshake(get(), fd_); })) return false;
    if (sim_.flip("a wrong password first")) {
      const std::ptrdiff_t answer = log_in_with("wrong");
      if (answer != LIBSSH2_ERROR_AUTHENTICATION_FAILED && !works(answer, "a wrong log in")) {
        return false;
      }
      sim_.expect(answer != 0, "a wrong password is refused");
    }
    return works(log_in_with("secret"), "the log in");
  }
  void close() {
    if (!client_.has_given_up()) {
      does("the end of the session", [&] { return libssh2_session_disconnect(get(), "bye"); });
    }
    client_.free_session();
  }

 private:
  std::ptrdiff_t log_in_with(const char* password) {
    return client_.answer([&] { return libssh2_userauth_password(get(), "user", password); });
  }

  Sim& sim_;
  int fd_;
  Client client_;
  bool is_lossy_;
};

}  // namespace reprise::libraries::libssh2
