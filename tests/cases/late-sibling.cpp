// Expect: overlap: `write(log)` and `truncate(log)` were in flight
// A log takes batches of three frames, written at once. A batch that fails is cut off again.
#include <reprise/reprise.h>

#include <cstring>
#include <utility>

using namespace reprise;

class Log {
 public:
  explicit Log(File& file) : file_(file) {}

  IOResult<Unit> append(std::uint64_t batch) {
    if (state_ == State::write) {
      IOResult<Unit> written = write(batch);
      if (!written.is_err()) return written;
      error_ = written.error();
      state_ = State::roll_back;
    }
    RETURN_IF_IO(cut());
    state_ = State::write;
    return error_;
  }

  std::uint64_t end() const { return end_; }

 private:
  enum class State { write, roll_back };

  IOResult<Unit> write(std::uint64_t batch) {
    if (!pending_) {
      CompletionGroup frames;
      for (std::uint64_t i = 0; i < 3; ++i) {
        Buffer frame = Buffer::allocate(512);
        std::memcpy(frame.data(), &batch, sizeof batch);
        frames.add(file_.pwrite(end_ + i * 512, frame));
      }
      pending_ = frames.build();
    }
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion done = std::exchange(pending_, {});
    if (!done.succeeded()) return done.get_error();
    end_ += 3 * 512;
    return Unit{};
  }
  IOResult<Unit> cut() {  // what cannot be cut off is overwritten by the next batch
    if (!pending_) pending_ = file_.truncate(end_);
    if (!pending_.finished()) IO_YIELD_ONE(pending_);
    const Completion done = std::exchange(pending_, {});
    cut_failed_ = !done.succeeded();
    return Unit{};
  }

 public:
  bool cut_failed_ = false;

 private:
  File& file_;
  std::uint64_t end_ = 0;
  Completion pending_;
  State state_ = State::write;
  IOError error_ = IOError::none;
};

SCENARIO("log/append") {
  File& file = sim.open("log");
  Log log(file);
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (std::uint64_t batch = 1; batch <= 2; ++batch) {
      static_cast<void>(sim.await([&] { return log.append(batch); }));
    }
  });
  sim.finally("the log ends where it says",
              [&] { return log.cut_failed_ || file.size().value() == log.end(); });
  sim.run();
}
