// Connection: libpq's calls that do not block, each made again when its socket is ready.
#pragma once

#include <reprise/reprise.h>

#include <postgresql/libpq-fe.h>
#include <memory>
#include <string>

namespace reprise::libraries::libpq {

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

class Connection {
 public:
  Connection(Sim& sim, const char* to)
      : sim_(sim), sockets_(sim.sockets()), connection_(PQconnectStart(to)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { PQfinish(connection_); }

  /// Whether that works.
  bool connect() {
    auto next = is_lost() ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
      const int fd = PQsocket(connection_);
      static_cast<void>(
          sim_.wait(next == PGRES_POLLING_READING ? sockets_.readable(fd) : sockets_.writable(fd)));
      // It waits in poll() if the first message cannot be sent at once.
      next = sim_.foreign([this] { return PQconnectPoll(connection_); });
    }
    return next == PGRES_POLLING_OK && PQsetnonblocking(connection_, 1) == 0;
  }
  /// Sends a query; false if the connection is lost.
  bool send(const std::string& query) {
    if (PQsendQuery(connection_, query.c_str()) == 0) return false;
    for (int left = PQflush(connection_); left != 0; left = PQflush(connection_)) {
      if (left < 0) return false;
      static_cast<void>(sim_.wait(sockets_.either(PQsocket(connection_))));
      if (PQconsumeInput(connection_) == 0) return false;
    }
    return true;
  }
  /// The next answer to the query; null after the last.
  Answer next() {
    while (PQisBusy(connection_) != 0) {
      static_cast<void>(sim_.wait(sockets_.readable(PQsocket(connection_))));
      if (PQconsumeInput(connection_) == 0) break;
    }
    return {PQgetResult(connection_), &PQclear};
  }

  PGconn* get() const { return connection_; }
  bool is_lost() const { return PQstatus(connection_) == CONNECTION_BAD; }

 private:
  Sim& sim_;
  Sim::Sockets sockets_;
  PGconn* connection_;
};

}  // namespace reprise::libraries::libpq
