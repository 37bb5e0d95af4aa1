// Session: what a user of libssh2 does before and after the work: shakes hands, logs in, opens a
// channel, and ends it all. Calls fail only where the connection is lost.
#pragma once

#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/libssh2/client.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <cstddef>
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
  /// What a call gives in the end.
  template <class Call>
  std::ptrdiff_t answer(Call call) {
    return client_.answer(call);
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
