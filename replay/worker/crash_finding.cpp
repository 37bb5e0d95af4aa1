
#include <reprise/replay/worker/crash_finding.h>

#include <reprise/sim/check_names.h>

#include <fmt/format.h>

namespace reprise {

namespace {

std::string advice_on(const std::string& rule) {
  if (rule == "hang") {
    return "look for a loop that never yields, or a lock that nobody gives back; a machine that "
           "has to wait says so with IO";
  }
  if (rule == "stack overflow") {
    return "look for a recursion without an end, or a large array on the stack of a task";
  }
  if (rule == "exit") return "code under test must not end the process";
  if (rule == "blocked") {
    return "look for a lock that nobody gives back, a real sleep, or a read from a pipe or a "
           "socket; what takes time in a run is a timer or I/O of the world, and waits with IO";
  }
  if (rule == "memory") {
    return "look for a loop that allocates and never yields, or a container that only grows; "
           "`--memory SIZE` sets another limit";
  }
  if (rule == "fork") {
    return "a child of fork() must end with _exit() or become another program with exec(); else "
           "it goes on as a copy of the whole harness";
  }
  if (rule == "longjmp") {
    return "longjmp() may leave neither a task nor sim.await(); within one entry of a machine it "
           "is fine";
  }
  if (rule == "SIGKILL") {
    return "it ended so each time that this run was tried, in other processes; the system kills "
           "processes when memory runs out, so look at what the run allocates";
  }
  return "run the trace under a debugger: `reprise replay TRACE --break-at N` stops before event N";
}

}  // namespace

std::string death_signature(const Scenario& scenario, const std::string& rule) {
  return fmt::format("{} {}: {}", check_name::crash, scenario.name, rule);
}

Finding finding_of_death(const Scenario& scenario, const WorkerEnd& end) {
  Finding finding;
  finding.check = check_name::crash;
  finding.signature = death_signature(scenario, end.rule);
  finding.message = "the process " + end.words;
  const bool is_endless = end.rule == "hang" || end.rule == "blocked";
  finding.expected =
      is_endless ? "every run comes to an end" : "a run ends by itself, not with its process";
  finding.help = advice_on(end.rule);
  return finding;
}

}  // namespace reprise
