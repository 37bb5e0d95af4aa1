// Others run during a yield. A value read before it may be old after it, and who writes last wins.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "scenarios/number_file.h"

namespace reprise::interference::read_modify_write {
namespace {

struct Balance {
  Tracked<std::uint64_t> amount{"amount"};
};

// --- Read, yield, write ---

struct Deposit {
  Balance& balance;
  NumberFile journal;
};

struct AddsToWhatItSaw : Deposit {
  std::optional<std::uint64_t> seen = {};

  IOResult<Unit> deposit(std::uint64_t amount) {
    if (!seen) seen = balance.amount;
    RETURN_IF_IO(journal.write(0, amount));
    balance.amount = *seen + amount;  // and what others have added meanwhile is gone
    seen.reset();
    return Unit{};
  }
};

struct AddsToWhatIsThere : Deposit {
  IOResult<Unit> deposit(std::uint64_t amount) {
    RETURN_IF_IO(journal.write(0, amount));
    balance.amount += amount;
    return Unit{};
  }
};

template <class Machine>
void two_deposits(Sim& sim) {
  File& file = sim.open("journal");
  Balance balance;
  Machine machines[] = {{{balance, NumberFile(file)}}, {{balance, NumberFile(file)}}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&sim, &machine = machines[i]] {
      sim.expect(sim.await([&] { return machine.deposit(10); }).ok(), "the deposit ends well");
    });
  }
  sim.finally("both deposits are there", [&] { return balance.amount == 20; });
  sim.run();
}

CANARY("interference/read-modify-write", "invariant", two_deposits<AddsToWhatItSaw>,
       two_deposits<AddsToWhatIsThere>);

// --- Two commits that finish in the other order ---

struct Header {
  Tracked<std::uint64_t> newest{"newest"};
};

struct Commit {
  Header& header;
  NumberFile log;
};

struct LastOneWins : Commit {
  IOResult<Unit> commit(std::uint64_t number) {
    RETURN_IF_IO(log.write(number, number));
    header.newest = number;
    return Unit{};
  }
};

struct NewestWins : Commit {
  IOResult<Unit> commit(std::uint64_t number) {
    RETURN_IF_IO(log.write(number, number));
    header.newest = std::max(*header.newest, number);
    return Unit{};
  }
};

template <class Machine>
void two_commits(Sim& sim) {
  File& file = sim.open("log");
  Header header;
  std::uint64_t highest = 0;
  Machine machines[] = {{{header, NumberFile(file)}}, {{header, NumberFile(file)}}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&sim, &machine = machines[i], number = i + 1] {
      sim.expect(sim.await([&] { return machine.commit(number); }).ok(), "the commit ends well");
    });
  }
  sim.always("the newest commit never goes back", [&] {
    highest = std::max(highest, *header.newest);
    return header.newest == highest;
  });
  sim.run();
}

CANARY("interference/out-of-order", "invariant", two_commits<LastOneWins>, two_commits<NewestWins>);

}  // namespace
}  // namespace reprise::interference::read_modify_write
