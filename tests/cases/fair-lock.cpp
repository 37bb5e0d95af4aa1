// Expect: clean
// A log that several commits write, one after the other. Each may be dropped at any yield, also
// while it waits for the lock or has just been handed it.
#include <reprise/reprise.h>

#include <optional>

using namespace reprise;

struct Log {
  File& file;
  FairLock lock{"log lock"};
  std::uint64_t end = 0;
};

struct Commit {
  explicit Commit(Log& its_log) : log(its_log) {}

  Log& log;
  FairLock::Hold hold{log.lock};
  FullTransfer transfer = {};
  Completion sync = {};
  bool written = false;

  IOResult<Unit> run(const Buffer& record) {
    RETURN_IF_IO(hold.acquire());
    IOResult<Unit> answer = write(record);
    if (!answer.is_io()) hold.release();
    return answer;
  }
  IOResult<Unit> write(const Buffer& record) {
    if (!written) RETURN_IF_IO(transfer.write(log.file, log.end, record));
    written = true;
    if (!sync) sync = log.file.sync();
    RETURN_IF_IO(take_finished(sync));
    log.end += record.size();
    return Unit{};
  }
};

SCENARIO("waiting/fair_lock") {
  Log log{sim.open("log")};
  sim.survives({.errors = true,
                .refusals = true,
                .retries = true,
                .short_io = true,
                .cancels = true,
                .abandons = true,
                .contract = ErrorContract::either});
  std::uint64_t committed = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    sim.task("client", i, [&] {
      const Buffer record = Buffer::allocate(64);
      for (int n = 0; n < 2; ++n) {
        std::optional<Commit> commit;
        commit.emplace(log);
        const auto drop = [&] { commit.reset(); };
        const auto answer = sim.await([&] { return commit->run(record); },
                                      {.abandon = drop, .abort = [&](IOError) { drop(); }});
        if (answer.ok()) committed += record.size();
      }
    });
  }
  sim.held("the log lock", [&] { return log.lock.held() ? 1u : 0u; });
  sim.finally("what was committed is there", [&] { return log.end == committed; });
  sim.run();
}
