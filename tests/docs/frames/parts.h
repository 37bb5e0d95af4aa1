// Parts: what the code on the pages of checks uses, as a machine has it. The frames beside this
// file put a block into a machine; a page with parts of its own has a frame of its own.
#pragma once

#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

using namespace reprise;

struct Session {
  int sent = 0;
};
struct Server {
  std::unique_ptr<Session> session;
};
struct Table {
  void lock();
  void unlock();
  std::uint64_t locks() const;
};
struct Page {
  bool used = false;
};

struct Parts {
  enum class State { lock, seek, read, write };

  File& file;
  File& log;
  Buffer buffer, frame, record;
  Completion pending, completion, frames, all, cut;
  State state = State::read;
  std::uint64_t at = 0, end = 0, done = 0;
  std::size_t used = 0;
  int value = 0, moved = 0, next = 0, key = 0;
  bool syncing = false, cancel_asked = false;
  std::mutex mutex;
  std::map<int, Page> pages;
  std::vector<int> stack, freed;
  std::optional<int> page;
  Session* session = nullptr;
  Server server;
  Table table;

  IOResult<Unit> load(int which = 0);
  IOResult<Unit> load(Page& which);
  IOResult<Unit> read();
  IOResult<Unit> write();
  IOResult<Unit> sync();
  IOResult<Unit> clear();
  IOResult<int> seek_last();
};
