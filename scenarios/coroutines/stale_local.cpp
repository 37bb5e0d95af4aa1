// A coroutine's locals survive an await; what they were read from may not. Who keeps a copy across
// an await and writes it back loses what others did meanwhile.
#include <reprise/reprise.h>

#include <cstdint>

namespace reprise::coroutines::stale_local {
namespace {

struct Account {
  File& log;
  int balance = 0;
};

struct KeepsACopy {
  static Coroutine<> deposit(Account& account, int amount) {
    const int before = account.balance;
    co_await or_return(account.log.pwrite(0, Buffer::allocate(sizeof amount)));
    account.balance = before + amount;
    co_return Unit{};
  }
};

struct LooksAgain {
  static Coroutine<> deposit(Account& account, int amount) {
    co_await or_return(account.log.pwrite(0, Buffer::allocate(sizeof amount)));
    account.balance += amount;
    co_return Unit{};
  }
};

template <class Way>
void two_deposit(Sim& sim) {
  Account account{sim.open("log")};
  for (std::uint32_t i = 0; i < 2; ++i) {
    sim.task("client", i, [&] {
      Coroutine<> deposit = Way::deposit(account, 10);
      sim.expect(sim.await([&] { return deposit.step(); }).ok(), "the deposit is made");
    });
  }
  sim.finally("nothing is lost", [&] { return account.balance == 20; });
  sim.run();
}

CANARY("coroutines/stale-local", "invariant", two_deposit<KeepsACopy>, two_deposit<LooksAgain>);

}  // namespace
}  // namespace reprise::coroutines::stale_local
