// A journal that does too much, or too little, with its file, for the golden reports.
#pragma once

#include <reprise/reprise.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace reprise::golden {

struct Journal {
  File& file;
  Completion pending = {};
  std::uint64_t end = 0;
  bool fails = false;

  IOResult<Unit> finish() {
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }
  Buffer frame(char content) const {
    Buffer buffer = Buffer::allocate(512);
    std::memset(buffer.data(), content, buffer.size());
    return buffer;
  }

  // A group that has failed may have others in flight.
  IOResult<Unit> write_frames() {
    if (!pending) {
      CompletionGroup frames;
      for (std::uint64_t i = 0; i < 2; ++i) frames.add(file.pwrite(end + i * 512, frame('f')));
      pending = frames.build();
    }
    return finish();
  }
  IOResult<Unit> cut() {
    if (!pending) pending = file.truncate(end);
    return finish();
  }
  IOResult<Unit> append() {
    if (!fails) {
      IOResult<Unit> written = write_frames();
      if (!written.is_err()) return written;
      fails = true;
    }
    RETURN_IF_IO(cut());
    fails = false;
    return IOError::io;
  }

  // The count is not asked for.
  IOResult<Unit> append_one() {
    if (!pending) pending = file.pwrite(end, frame('o'));
    RETURN_IF_IO(finish());
    end += 512;
    return Unit{};
  }

  // A yield in mark() has the row written again.
  IOResult<Unit> put_row() {
    if (!pending) pending = file.pwrite(0, frame('r'));
    return finish();
  }
  IOResult<Unit> mark() { return Unit{}; }
  IOResult<Unit> insert() {
    RETURN_IF_IO(put_row());
    RETURN_IF_IO(mark());
    return Unit{};
  }
};

template <class Step>
void use_journal(Sim& sim, Step step) {
  Journal journal{sim.open("journal")};
  sim.task("client", [&] { static_cast<void>(sim.await([&] { return step(journal); })); });
  sim.run();
}

inline void overlap(Sim& sim) {
  sim.survives({.errors = true});
  use_journal(sim, [](Journal& journal) { return journal.append(); });
}

inline void short_count(Sim& sim) {
  sim.survives({.short_io = true});
  use_journal(sim, [](Journal& journal) { return journal.append_one(); });
}

inline void repeated_work(Sim& sim) {
  use_journal(sim, [](Journal& journal) { return journal.insert(); });
}

}  // namespace reprise::golden
