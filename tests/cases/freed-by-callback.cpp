// Expect: heap-lifetime: was used after it had been freed
// A client library's context hangs on an event loop; its adapter is told that the socket may be
// read and written. The end of the stream frees the context.
#include <reprise/reprise.h>

#include <cstddef>
#include <utility>

using namespace reprise;

struct Context {
  Buffer in = Buffer::allocate(16);
  Completion read = {};
  Completion write = {};
  int replies = 0;
};

struct Adapter {
  File& socket;
  Context* context = new Context;
  std::uint64_t read_at = 0;
  std::uint64_t write_at = 1024;
  int commands = 2;
  int freed = 0;

  void cleanup() {
    freed += 1;
    if (context->read) context->read.ignore();  // the peer has gone: it does not matter
    if (context->write) context->write.ignore();
    delete context;
  }
  void handle_read() {
    const Completion done = std::exchange(context->read, {});
    if (!done.succeeded() || done.result() == 0) return cleanup();  // the peer has gone
    read_at += done.result();
    context->replies += 1;
  }
  void handle_write() {
    const Completion done = std::exchange(context->write, {});
    if (!done.succeeded()) return cleanup();
    write_at += done.result();
  }
  // Until the connection is gone.
  IOResult<Unit> run() {
    for (;;) {
      if (!context->read) context->read = socket.pread(read_at, context->in);
      if (!context->write && commands-- > 0) {
        context->write = socket.pwrite(write_at, Buffer::allocate(16));
      }
      const bool readable = context->read.finished();
      const bool writable = context->write && context->write.finished();
      if (!readable && !writable) IO_YIELD_ONE(context->read);
      if (readable) handle_read();
      if (writable) handle_write();
      if (freed > 0) return Unit{};
    }
  }
};

SCENARIO("public/freed_by_callback") {
  File& socket = sim.open("socket");
  Adapter adapter{socket};
  sim.survives({.errors = true});
  sim.results_depend_on_timing();  // what was sent before the peer went
  sim.task("loop", [&] {
    static_cast<void>(sim.await([&] { return adapter.run(); }));
    sim.expect_eq(adapter.freed, 1);
  });
  sim.run();
}
