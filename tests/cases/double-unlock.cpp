// Expect: leak: an operation gave back what another holds
// A commit takes the commit lock, writes the log, unlocks, and then copies the row to the database.
// It may be dropped at any of its yields: then it is rolled back.
#include <reprise/reprise.h>

#include <cstring>
#include <utility>

using namespace reprise;

class CommitLock {
 public:
  bool try_lock() { return !std::exchange(locked_, true); }
  void unlock() { locked_ = false; }
  bool locked() const { return locked_; }

 private:
  bool locked_ = false;
};

class Commit {
 public:
  Commit(CommitLock& lock, File& log, File& database)
      : lock_(lock), log_(log), database_(database) {}

  IOResult<Unit> run(std::uint64_t row) {
    IOResult<Unit> answer = steps(row);
    if (answer.is_err()) roll_back();
    return answer;
  }
  // After an error, or when the commit was dropped.
  void roll_back() {
    if (state_ != State::begin) lock_.unlock();
    pending_ = {};
    state_ = State::begin;
  }

 private:
  enum class State { begin, log, checkpoint };

  IOResult<Unit> steps(std::uint64_t row) {
    switch (state_) {
      case State::begin:
        if (!lock_.try_lock()) IO_YIELD_ONE(Completion::yield());
        state_ = State::log;
        [[fallthrough]];
      case State::log:
        RETURN_IF_IO(write(log_, row));
        lock_.unlock();
        state_ = State::checkpoint;
        [[fallthrough]];
      case State::checkpoint: RETURN_IF_IO(write(database_, row));
    }
    state_ = State::begin;
    return Unit{};
  }
  IOResult<Unit> write(File& file, std::uint64_t row) {
    if (!pending_) {
      Buffer page = Buffer::allocate(512);
      std::memcpy(page.data(), &row, sizeof row);
      pending_ = file.pwrite(row * 512, page);
    }
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion done = std::exchange(pending_, {});
    if (!done.succeeded()) return done.get_error();
    return Unit{};
  }

  CommitLock& lock_;
  File& log_;
  File& database_;
  Completion pending_;
  State state_ = State::begin;
};

SCENARIO("mvcc/commit") {
  CommitLock lock;
  File& log = sim.open("log");
  File& database = sim.open("database");
  Commit commits[2] = {{lock, log, database}, {lock, log, database}};
  sim.survives({.errors = true, .abandons = true});
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&sim, i, &commit = commits[i]] {
      for (std::uint64_t row = 0; row < 2; ++row) {
        static_cast<void>(sim.await([&] { return commit.run(2 * row + i); },
                                    {.abandon = [&] { commit.roll_back(); }}));
      }
    });
  }
  sim.held("commit lock", [&] { return std::uint64_t(lock.locked()); });
  sim.run();
}
