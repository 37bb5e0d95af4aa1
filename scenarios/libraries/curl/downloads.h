// Downloads: libcurl's transfers, driven by the sockets and the time that it says it waits for
// (curl_multi_socket_action).
#pragma once

#include "scenarios/libraries/heap.h"

#include <reprise/reprise.h>

#include <curl/curl.h>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace reprise::libraries::curl {

class Downloads {
 public:
  explicit Downloads(Sim& sim) : sim_(sim), sockets_(sim.sockets()), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Downloads::socket_changes);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Downloads::timer_changes);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  }
  Downloads(const Downloads&) = delete;
  Downloads& operator=(const Downloads&) = delete;
  ~Downloads() { curl_multi_cleanup(multi_); }

  CURLM* multi() const { return multi_; }

  /// Waits for what libcurl waits for, and tells it what has come. Gives how many are under way.
  int step() {
    std::vector<curl_socket_t> fds;
    CompletionGroup group;
    for (const auto& [fd, what] : wanted_) {
      fds.push_back(fd);
      group.add(what == CURL_POLL_IN    ? sockets_.readable(fd)
                : what == CURL_POLL_OUT ? sockets_.writable(fd)
                                        : sockets_.either(fd));
    }
    if (timeout_ms_ >= 0) group.add(sim_.io().timer(std::chrono::milliseconds(timeout_ms_)));
    const Completion first = group.build_any(Losers::cancelled);
    static_cast<void>(sim_.wait(first));
    const std::size_t winner = CompletionGroup::winner(first).value_or(fds.size());
    const bool is_time = winner == fds.size();
    if (is_time) timeout_ms_ = -1;
    int under_way = 0;
    curl_multi_socket_action(multi_, is_time ? CURL_SOCKET_TIMEOUT : fds[winner],
                             is_time ? 0 : wanted_.at(fds[winner]), &under_way);
    return under_way;
  }

 private:
  static int socket_changes(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto& wanted = static_cast<Downloads*>(self)->wanted_;
    wanted.erase(fd);
    if (what != CURL_POLL_REMOVE) wanted.emplace(fd, what);
    return 0;
  }
  static int timer_changes(CURLM*, long timeout_ms, void* self) {
    static_cast<Downloads*>(self)->timeout_ms_ = timeout_ms;
    return 0;
  }

  Sim& sim_;
  Sim::Sockets sockets_;
  CURLM* multi_;
  std::map<curl_socket_t, int> wanted_;
  long timeout_ms_ = -1;
};

}  // namespace reprise::libraries::curl
