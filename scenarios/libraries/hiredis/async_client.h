// AsyncClient: the asynchronous interface of hiredis, which makes its socket itself and says what
// it waits for.
#pragma once

#include <reprise/reprise.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

namespace reprise::libraries::hiredis {

class AsyncClient {
 public:
  AsyncClient(Sim& sim, const char* host, int port)
      : sim_(sim), sockets_(sim.sockets()), context_(redisAsyncConnect(host, port)) {
    context_->data = context_->ev.data = this;
    context_->ev.addRead = [](void* self) { wants(self).reads = true; };
    context_->ev.delRead = [](void* self) { wants(self).reads = false; };
    context_->ev.addWrite = [](void* self) { wants(self).writes = true; };
    context_->ev.delWrite = [](void* self) { wants(self).writes = false; };
    context_->ev.cleanup = [](void* self) { static_cast<AsyncClient*>(self)->context_ = nullptr; };
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext*, int) {});
    if (context_->err != 0) redisAsyncFree(context_);  // calls cleanup
  }
  AsyncClient(const AsyncClient&) = delete;
  AsyncClient& operator=(const AsyncClient&) = delete;
  ~AsyncClient() {
    if (context_ != nullptr) redisAsyncFree(context_);
  }

  /// Null as soon as it has disconnected: the library has freed it.
  redisAsyncContext* context() const { return context_; }

  /// Waits for what it waits for, and calls it.
  void step() {
    const int fd = context_->c.fd;
    const Wants wants = wants_;
    static_cast<void>(sim_.wait(wants.reads && wants.writes ? sockets_.either(fd)
                                : wants.writes              ? sockets_.writable(fd)
                                                            : sockets_.readable(fd)));
    if (context_ != nullptr && wants.writes) redisAsyncHandleWrite(context_);
    if (context_ != nullptr && wants.reads) redisAsyncHandleRead(context_);
  }

 private:
  struct Wants {
    bool reads = false;
    bool writes = false;
  };
  static Wants& wants(void* self) { return static_cast<AsyncClient*>(self)->wants_; }

  Sim& sim_;
  Sim::Sockets sockets_;
  redisAsyncContext* context_;
  Wants wants_;
};

}  // namespace reprise::libraries::hiredis
