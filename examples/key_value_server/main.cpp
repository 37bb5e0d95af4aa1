// key_value_server: keeps keys and values in FILE, and answers lines at ADDRESS, as nc sends them.
//
//   $ key_value_server 127.0.0.1:7000 values &
//   listening at 127.0.0.1:7000
//   $ printf 'PUT apple red\nGET apple\n' | nc -N 127.0.0.1 7000
//   OK
//   VALUE red
//
// It ends with SIGINT or SIGTERM. Exit codes: 0; 2 for bad usage; 3 for an error, which is printed.
#include <reprise/core/back_end/loop.h>
#include <reprise/core/back_end/posix.h>
#include <reprise/core/back_end/uring.h>

#include <signal.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server.h"

using namespace reprise;
using key_value::Server;

namespace {

constexpr int bad_usage = 2;
constexpr int failed = 3;

int fail(IOError error) {
  std::fprintf(stderr, "key_value_server: %s\n", to_string(error).c_str());
  return failed;
}

// A machine at its first entry.
auto entry_of(Coroutine<> coroutine) {
  return [its = std::move(coroutine)]() mutable { return its.step(); };
}

int serve(BackEnd& io, const std::string& address, const std::string& path) {
  Server server(io, path);
  Loop loop(io);
  if (const IOError error = loop.stop_on({SIGINT, SIGTERM}); error != IOError::none) {
    return fail(error);
  }
  const Result<Unit> recovered = loop.await(entry_of(server.recover()));
  if (!recovered.ok()) return fail(recovered.error());
  const Result<std::unique_ptr<Listener>> door = io.listen(address);
  if (!door.ok()) return fail(door.error());
  std::printf("listening at %s\n", door.value()->address().c_str());
  std::fflush(stdout);
  IOError error = IOError::none;
  const auto begin = [&](Coroutine<> session) {
    loop.spawn(entry_of(std::move(session)), [](const Result<Unit>&) {});  // the client knows
  };
  loop.spawn(entry_of(server.serve(*door.value(), begin)), [&](const Result<Unit>& ended) {
    error = ended.error();
    loop.stop();
  });
  loop.run();
  return error == IOError::none ? 0 : fail(error);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  bool with_ring = is_uring_built_in();
  if (words.size() == 4 && words[0] == "--io" && (words[1] == "posix" || words[1] == "uring")) {
    with_ring = words[1] == "uring";
    words.erase(words.begin(), words.begin() + 2);
  }
  if (words.size() != 2) {
    std::fprintf(stderr, "usage: key_value_server [--io posix|uring] ADDRESS FILE\n");
    return bad_usage;
  }
  const Result<std::unique_ptr<BackEnd>> io = with_ring ? make_uring_io() : make_posix_io();
  if (!io.ok()) return fail(io.error());
  return serve(*io.value(), words[0], words[1]);
}
