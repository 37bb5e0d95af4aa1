#include <reprise/replay/worker/worker_end.h>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace reprise {

namespace {

struct DeathTexts {
  Death death;
  std::string_view name;
  std::string_view help =
      "run the trace under a debugger: `reprise replay TRACE --break-at N` stops before event N";
  std::string_view place_note = "it died here";
};

constexpr std::array texts = {
    DeathTexts{Death::none, ""},
    DeathTexts{Death::signal, ""},
    DeathTexts{Death::stack_overflow, "stack overflow",
               "look for a recursion without an end, or a large array on the stack of a task",
               "the stack was full here"},
    DeathTexts{.death = Death::abort, .name = "abort", .place_note = "it aborted here"},
    DeathTexts{Death::exit, "exit", "code under test must not end the process"},
    DeathTexts{.death = Death::sanitizer,
               .name = "sanitizer",
               .place_note = "the sanitizer ended it here"},
    DeathTexts{Death::longjmp, "longjmp",
               "longjmp() may leave neither a task nor sim.await(); within one entry of a machine "
               "it is fine"},
    DeathTexts{Death::fork, "fork",
               "a child of fork() must end with _exit() or become another program with exec(); "
               "else it goes on as a copy of the whole harness"},
    DeathTexts{Death::hang, "hang",
               "look for a loop that never yields, or a lock that nobody gives back; a machine "
               "that has to wait says so with IO",
               "it was here when it was killed"},
    DeathTexts{Death::blocked, "blocked",
               "look for a lock that nobody gives back, a real sleep, or a read from a pipe or a "
               "socket; what takes time in a run is a timer or I/O of the world, and waits with IO",
               "it was here when it was killed"},
    DeathTexts{Death::memory, "memory",
               "look for a loop that allocates and never yields, or a container that only grows; "
               "`--memory SIZE` sets another limit"},
    DeathTexts{Death::stopped, "stopped"},
    DeathTexts{Death::dismissed, "dismissed"},
    DeathTexts{Death::not_started, "no process"},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].death != static_cast<Death>(i)) return false;
  }
  return static_cast<std::size_t>(Death::not_started) + 1 == texts.size();
}
static_assert(is_in_order());

const DeathTexts& texts_of(Death death) { return texts[static_cast<std::size_t>(death)]; }

}  // namespace

std::string WorkerEnd::name() const {
  if (death != Death::signal) return std::string(texts_of(death).name);
  const char* const abbreviation = sigabbrev_np(signal);
  return abbreviation == nullptr ? fmt::format("signal {}", signal)
                                 : fmt::format("SIG{}", abbreviation);
}

std::string_view WorkerEnd::help() const {
  if (signal == SIGKILL) {
    return "it ended so each time that this run was tried, in other processes; the system kills "
           "processes when memory runs out, so look at what the run allocates";
  }
  return texts_of(death).help;
}

std::string_view WorkerEnd::place_note() const { return texts_of(death).place_note; }

}  // namespace reprise
