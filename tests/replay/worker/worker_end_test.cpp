#include <doctest/doctest.h>
#include <reprise/replay/worker/worker_end.h>

#include <csignal>
#include <cstdint>
#include <set>
#include <string>

namespace reprise {

TEST_CASE("worker end: each death that is no signal has a name of its own") {
  std::set<std::string> names;
  for (auto kind = static_cast<std::uint8_t>(Death::stack_overflow);
       kind <= static_cast<std::uint8_t>(Death::not_started); ++kind) {
    CHECK(names.insert(WorkerEnd{.death = static_cast<Death>(kind)}.name()).second);
  }
  CHECK_FALSE(names.contains(""));
  CHECK(WorkerEnd{}.name().empty());
}

TEST_CASE("worker end: a signal is called as the system calls it") {
  CHECK(WorkerEnd{.death = Death::signal, .signal = SIGSEGV}.name() == "SIGSEGV");
  CHECK(WorkerEnd{.death = Death::signal, .signal = 40}.name() == "signal 40");
}

TEST_CASE("worker end: only what somebody else may have done is tried again") {
  CHECK(WorkerEnd{.death = Death::stopped}.may_come_from_outside());
  CHECK(WorkerEnd{.death = Death::signal, .signal = SIGKILL}.may_come_from_outside());
  CHECK(WorkerEnd{.death = Death::signal, .signal = SIGXCPU}.may_come_from_outside());
  CHECK_FALSE(WorkerEnd{.death = Death::signal, .signal = SIGSEGV}.may_come_from_outside());
  CHECK_FALSE(WorkerEnd{.death = Death::hang}.may_come_from_outside());
  CHECK_FALSE(WorkerEnd{}.may_come_from_outside());
}

TEST_CASE("worker end: what to do depends on the death") {
  CHECK(WorkerEnd{.death = Death::exit}.help() == "code under test must not end the process");
  CHECK(WorkerEnd{.death = Death::abort}.help().starts_with("run the trace under a debugger"));
  CHECK(WorkerEnd{.death = Death::signal, .signal = SIGKILL}.help().find("memory runs out") !=
        std::string::npos);
  CHECK(WorkerEnd{.death = Death::blocked}.place_note() == "it was here when it was killed");
  CHECK(WorkerEnd{.death = Death::fork}.place_note() == "it died here");
}

}  // namespace reprise
