// pager_store: a small key-value program on a real file.
//
//   pager_store [--posix | --uring] FILE put KEY VALUE | get KEY | del KEY | bench COUNT
//
// Exit codes: 0; 1 if there is no such key; 2 for bad usage; 3 for an error, which is printed.
#include <reprise/core/back_end/loop.h>
#include <reprise/core/back_end/posix.h>
#include <reprise/core/back_end/uring.h>

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/pager/checkpoint.h"
#include "scenarios/pager/pager.h"
#include "store.h"

using namespace reprise;
using pager::Checkpoint;
using pager::Pager;
using pager_store::Store;

namespace {

constexpr int no_such_key = 1;
constexpr int bad_usage = 2;
constexpr int failed = 3;
constexpr std::uint64_t clients = 8;

int fail(IOError error) {
  std::fprintf(stderr, "pager_store: %s\n", to_string(error).c_str());
  return failed;
}

// A machine at its first entry.
template <class T>
auto entry_of(Coroutine<T> coroutine) {
  return [its = std::move(coroutine)]() mutable { return its.step(); };
}

Result<std::unique_ptr<BackEnd>> make_io(const std::optional<std::string>& asked) {
  if (asked == "--posix") return make_posix_io();
  Result<std::unique_ptr<BackEnd>> ring = make_uring_io();
  if (ring.ok() || asked == "--uring") return ring;
  return make_posix_io();
}

// Puts and then gets COUNT keys from several clients side by side.
int bench(Loop& loop, BackEnd& io, Pager& pager, std::uint64_t count) {
  std::vector<std::unique_ptr<Store>> stores;
  for (std::uint64_t i = 0; i < clients; ++i) stores.push_back(std::make_unique<Store>(pager));
  IOError error = IOError::none;
  const auto note = [&](const Result<Unit>& ended) {
    if (!ended.ok() && error == IOError::none) error = ended.error();
  };
  const auto put_all = [&](Store& store, std::uint64_t first) -> Coroutine<> {
    for (std::uint64_t i = first; i < count; i += clients) {
      co_await or_return(store.put("bench " + std::to_string(i), "value " + std::to_string(i)));
    }
    co_return Unit{};
  };
  const auto get_all = [&](Store& store, std::uint64_t first) -> Coroutine<> {
    for (std::uint64_t i = first; i < count; i += clients) {
      const auto value = co_await or_return(store.get("bench " + std::to_string(i)));
      if (value != "value " + std::to_string(i)) co_return IOError::corrupt;
    }
    co_return Unit{};
  };
  const auto run = [&](const char* what, const auto& work) {
    const Instant begin = io.now();
    for (std::uint64_t i = 0; i < clients; ++i) loop.spawn(entry_of(work(*stores[i], i)), note);
    const Loop::End end = loop.run();
    const std::uint64_t us = static_cast<std::uint64_t>((io.now() - begin).count()) / 1000 + 1;
    std::printf("%llu %s in %llu us: %llu a second\n", static_cast<unsigned long long>(count), what,
                static_cast<unsigned long long>(us),
                static_cast<unsigned long long>(count * 1'000'000 / us));
    return end == Loop::End::done && error == IOError::none;
  };
  if (run("puts", put_all) && run("gets", get_all)) return EXIT_SUCCESS;
  return fail(error == IOError::none ? IOError::cancelled : error);
}

int command(Loop& loop, BackEnd& io, Pager& pager, const std::vector<std::string>& words) {
  Store store(pager);
  if (words[0] == "bench")
    return bench(loop, io, pager, std::strtoull(words[1].c_str(), nullptr, 10));
  if (words[0] == "get") {
    const auto value = loop.await(entry_of(store.get(words[1])));
    if (!value.ok()) return fail(value.error());
    if (!value.value()) return no_such_key;
    std::printf("%s\n", value.value()->c_str());
    return EXIT_SUCCESS;
  }
  if (words[0] == "put") {
    const auto put = loop.await(entry_of(store.put(words[1], words[2])));
    return put.ok() ? EXIT_SUCCESS : fail(put.error());
  }
  const auto removed = loop.await(entry_of(store.remove(words[1])));
  if (!removed.ok()) return fail(removed.error());
  return removed.value() ? EXIT_SUCCESS : no_such_key;
}

int run(BackEnd& io, const std::string& path, const std::vector<std::string>& words) {
  const OpenResult database = io.open(path);
  if (!database.ok()) return fail(database.error());
  const OpenResult wal = io.open(path + "-wal");
  if (!wal.ok()) return fail(wal.error());
  Loop loop(io);
  if (const IOError error = loop.stop_on({SIGINT, SIGTERM}); error != IOError::none) {
    return fail(error);
  }
  Pager pager(*database.value(), *wal.value(), {.cache_frames = 256});
  const auto recovered = loop.await([&] { return pager.recover(); });
  if (!recovered.ok()) return fail(recovered.error());
  Store store(pager);
  const auto created = loop.await(entry_of(store.create()));
  if (!created.ok()) return fail(created.error());
  const std::string folder =
      path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  const Completion names = io.sync_folder(folder);
  const auto named = loop.await([&]() -> IOResult<Unit> {
    if (!names.finished()) return names;
    if (!names.succeeded()) return names.get_error();
    return Unit{};
  });
  if (!named.ok()) return fail(named.error());
  const int code = command(loop, io, pager, words);
  if (words[0] == "get" || code == failed) return code;
  Checkpoint checkpoint(pager);
  const auto copied = loop.await([&] { return checkpoint.run(); });
  return copied.ok() ? code : fail(copied.error());
}

bool is_command(const std::vector<std::string>& words) {
  if (words.empty()) return false;
  if (words[0] == "put") return words.size() == 3;
  return words.size() == 2 && (words[0] == "get" || words[0] == "del" || words[0] == "bench");
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  std::optional<std::string> asked;
  if (!words.empty() && (words[0] == "--posix" || words[0] == "--uring")) {
    asked = words[0];
    words.erase(words.begin());
  }
  const std::string path = words.empty() ? "" : words[0];
  if (!words.empty()) words.erase(words.begin());
  if (!is_command(words)) {
    std::fprintf(stderr,
                 "usage: pager_store [--posix | --uring] FILE "
                 "put KEY VALUE | get KEY | del KEY | bench COUNT\n");
    return bad_usage;
  }
  const Result<std::unique_ptr<BackEnd>> io = make_io(asked);
  if (!io.ok()) return fail(io.error());
  return run(*io.value(), path, words);
}
