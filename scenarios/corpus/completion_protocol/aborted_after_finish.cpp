// Corpus 34: a connection that closes aborts the requests that it knows of, those among them, too,
// that have finished already: they are given a second result.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise::corpus::aborted_after_finish {
namespace {

constexpr std::size_t page_size = 512;

// A device of one's own in front of a file: its requests can be aborted all at once.
struct Connection {
  File& file;
  CompletionPool pool = {};
  std::vector<Completion> requests = {};
  bool closed = false;

  Completion read(std::uint64_t page) {
    if (closed) return pool.refused(IOError::cancelled);
    const Buffer bytes = Buffer::allocate(page_size);
    const Completion request = pool.make({}, nullptr, 0, page_size);
    requests.push_back(request);
    file.pread(page * page_size, bytes, [request](const Completion& read) {
      if (request.finished()) return;  // aborted meanwhile
      if (read.succeeded()) {
        request.finish(read.result());
      } else {
        request.fail(read.get_error());
      }
    });
    return request;
  }
};

struct AbortsAll : Connection {
  void close() {
    closed = true;
    for (const Completion& request : requests) request.fail(IOError::cancelled);
    requests.clear();
  }
};

struct AbortsThePending : Connection {
  void close() {
    closed = true;
    for (const Completion& request : requests) {
      if (!request.finished()) request.fail(IOError::cancelled);
    }
    requests.clear();
  }
};

template <class Device>
void close_while_reading(Sim& sim) {
  Device connection{{sim.open("pages")}};
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t page = 0; page < 2; ++page) {
      static_cast<void>(sim.wait(connection.read(page)));
    }
  });
  sim.task("closer", [&] {
    sim.yield();
    connection.close();
  });
  sim.run();
}

CANARY("corpus/completion-protocol/aborted-after-finish", "completion-protocol",
       close_while_reading<AbortsAll>, close_while_reading<AbortsThePending>);

}  // namespace
}  // namespace reprise::corpus::aborted_after_finish
