#include <reprise/sim/surface/surfaces.h>

#include <reprise/core/digest.h>
#include <reprise/sim/check_names.h>
#include <reprise/sim/device/clock/clock.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/store_watch/foreign_heap.h>

#include <unwind.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace reprise {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
/// An hour after the machine began: code may take 0 for "never".
constexpr std::uint64_t steady_begin_ns = 3'600 * second_ns;
/// How many sources of chance a plan can choose from.
constexpr std::uint32_t salts = 8;

constexpr std::uint32_t bit_of(Surfaces::Kind kind) {
  return std::uint32_t{1} << static_cast<unsigned>(kind);
}

struct KeepErrno {
  int value = errno;
  KeepErrno() = default;
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;
  ~KeepErrno() { errno = value; }
};

struct Words {
  std::string_view what;      // for signatures: "asks for the time"
  std::string_view message;   // after "`f()` "
  std::string_view evidence;  // what is done about it
  std::string_view help;
};

Words words_on(Surfaces::Kind kind) {
  using Kind = Surfaces::Kind;
  switch (kind) {
    case Kind::time:
      return {
          "asks for the time", "asks for the time, and gets the world's",
          "in every run it begins at 2020-01-01 00:00:00 UTC and goes on with the world's clock",
          "nothing need be done; for a deadline that is explored, let the machine use a timer "
          "of the IO that it is given"};
    case Kind::sleep:
      return {"sleeps", "blocks the loop: nothing else can run meanwhile",
              "in a run it costs no real time: the world's clock goes on at once",
              "submit a timer and yield on it"};
    case Kind::chance:
      return {"asks for chance", "asks for random bytes, and gets the plan's",
              "the same plan gives the same bytes; other plans give others",
              "nothing need be done"};
    case Kind::sequence:
      return {"asks for a number of a sequence",
              "takes the next number of a sequence that the whole process shares",
              "in every run the sequence begins as in a new process",
              "nothing need be done; a generator that is a member would be the machine's own"};
    case Kind::process:
      return {"asks for its process", "asks for the number of its process or thread",
              "in every run it gets the same number", "nothing need be done"};
    case Kind::machine:
      return {"asks for the machine", "asks about the machine that it runs on",
              "in every run it gets the same answer", "nothing need be done"};
    case Kind::environment:
      return {"reads the environment", "reads the environment, and gets that of every run",
              "in every run, on every machine, the same variables are there",
              "nothing need be done; what a scenario wants otherwise it sets with setenv(), reads "
              "before main(), or takes from `--set name=value` by sim.option()"};
    case Kind::thread:
      return {"starts a thread", "starts a thread",
              "what a thread does, and when, is no decision of the plan: no run could be repeated; "
              "the call was refused",
              "make it a task of the scenario, with sim.task(), or run its work where the scenario "
              "calls it"};
    case Kind::signal:
      return {"asks for a signal", "asks for a signal after a time of the machine's clock",
              "when it comes is no decision of the plan: no run could be repeated; the call was "
              "refused",
              "submit a timer and yield on it"};
    case Kind::wait:
      return {"waits for a socket", "waits for a socket, and nothing else can run meanwhile",
              "what it waits for could never come; the call was refused",
              "make the call within sim.foreign(), or let the socket not block, and wait with "
              "sim.sockets().readable() or writable()"};
  }
  return {};
}

std::string to_text(const SurfaceCall& call) {
  const std::string argument(call.argument);
  return std::string(call.function) + '(' + (argument.empty() ? "" : '"' + argument + '"') + ')';
}

bool is_error(Surfaces::Kind kind) {
  return kind == Surfaces::Kind::thread || kind == Surfaces::Kind::signal ||
         kind == Surfaces::Kind::wait;
}

// The addresses that the calls under way return to, the innermost first.
struct Stack {
  std::array<std::uintptr_t, 64> at{};
  std::size_t size = 0;

  static Stack here() {
    Stack stack;
    _Unwind_Backtrace(
        [](_Unwind_Context* context, void* to) {
          Stack& all = *static_cast<Stack*>(to);
          if (all.size == all.at.size()) return _URC_END_OF_STACK;
          all.at[all.size++] = _Unwind_GetIP(context);
          return _URC_NO_REASON;
        },
        &stack);
    return stack;
  }
};

// The harness, below the code under test.
bool is_harness(const CodeLine& line) {
  constexpr std::array<std::string_view, 3> beginnings = {
      "reprise::World::", "reprise::Runner::", "reprise::Fiber::"};
  return std::ranges::any_of(
      beginnings, [&](std::string_view beginning) { return line.function.starts_with(beginning); });
}

}  // namespace

void Surfaces::begin_run() {
  parking_.begin_run();
  descriptors_.begin_run();
  told_ = 0;
  salt_ = 0;
  event_ = readings_ = 0;
}

void Surfaces::forget(NodeId node) {
  parking_.forget(node);
  descriptors_.forget(node);
}

void Surfaces::forget_all() {
  parking_.forget_all();
  descriptors_.forget_all();
}

bool Surfaces::has_answered() const {
  return (told_ & (bit_of(Kind::time) | bit_of(Kind::chance) | bit_of(Kind::sequence))) != 0;
}

void Surfaces::read_clock(const SurfaceCall& call) {
  asks(Kind::time, call);
  // A loop that waits for a time to come must see it come: the more often it asks in one event, the
  // further the clock goes on.
  if (std::exchange(event_, run_.stats().events) != event_) readings_ = 0;
  constexpr std::uint64_t readings_per_step = 16;
  host_.pass_time(Duration(1 + ++readings_ / readings_per_step));
  host_.tell_time();
}

std::uint64_t Surfaces::wall_clock_ns(const SurfaceCall& call) {
  read_clock(call);
  return host_.clock_here().wall_now().ns;
}
std::uint64_t Surfaces::steady_clock_ns(const SurfaceCall& call) {
  read_clock(call);
  return steady_begin_ns + host_.clock_here().now().ns;
}
std::uint64_t Surfaces::processor_clock_ns(const SurfaceCall& call) {
  read_clock(call);
  return host_.clock_here().now().ns;
}

void Surfaces::sleep(const SurfaceCall& call, std::uint64_t ns) {
  if (ns == 0) return;
  asks(Kind::sleep, call);
  constexpr std::uint64_t longest_ns = 365 * 24 * 3'600 * second_ns;
  host_.clock_here().pass_time(Duration(static_cast<std::int64_t>(std::min(ns, longest_ns))));
}

void Surfaces::sleep_until_wall(const SurfaceCall& call, std::uint64_t ns) {
  const std::uint64_t now = host_.clock_here().wall_now().ns;
  sleep(call, ns > now ? ns - now : 0);
}

void Surfaces::sleep_until_steady(const SurfaceCall& call, std::uint64_t ns) {
  const std::uint64_t now = steady_begin_ns + host_.clock_here().now().ns;
  sleep(call, ns > now ? ns - now : 0);
}

Instant Surfaces::instant_of_wall(std::uint64_t ns) const {
  const Clock& clock = host_.clock_here();
  const std::uint64_t now = clock.wall_now().ns;
  return clock.now() + Duration(ns > now ? ns - now : 0);
}

Instant Surfaces::instant_of_steady(std::uint64_t ns) {
  return {ns > steady_begin_ns ? ns - steady_begin_ns : 0};
}

Instant Surfaces::instant_in(std::uint64_t ns) const {
  return host_.clock_here().now() + Duration(ns);
}

bool Surfaces::is_over(Instant instant) const { return host_.clock_here().now() >= instant; }

void Surfaces::fill(const SurfaceCall& call, std::span<std::byte> bytes) {
  const KeepErrno keep;
  const MemoryWatch::Quiet quiet;
  const Answering nobody(nullptr);
  const internal::ForeignHeap::Outside outside;
  Names& names = host_.names();
  if (is_first(Kind::chance)) {
    tell(Kind::chance, call);
    salt_ = host_.decide({names.child(0, "chance()"), 1, DecisionKind::workload}, salts);
  }
  // Each task has a sequence of its own, so that what one draws does not shift another's.
  const NameId name = names.child(run_.context_name(), "chance()");
  std::uint64_t state = mix(names.hash(name), names.next_ordinal(name));
  state = mix(state, salt_);
  constexpr std::size_t word = sizeof state;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (at % word == 0) state = mix(state, at);
    bytes[at] = static_cast<std::byte>(state >> (8 * (at % word)));
  }
}

std::string_view Surfaces::host_name() const {
  const std::string_view name = run_.name_of_node(host_.node_here());
  return name.empty() ? "localhost" : name;
}

bool Surfaces::begins_sequence(const SurfaceCall& call) {
  const bool first = (told_ & bit_of(Kind::sequence)) == 0;
  asks(Kind::sequence, call);
  return first;
}

bool Surfaces::is_first(Kind kind) {
  const bool first = (told_ & bit_of(kind)) == 0;
  told_ |= bit_of(kind);
  return first;
}

void Surfaces::asks(Kind kind, const SurfaceCall& call) {
  if (!is_first(kind)) return;
  const KeepErrno keep;
  const MemoryWatch::Quiet quiet;
  const Answering nobody(nullptr);
  const internal::ForeignHeap::Outside outside;
  tell(kind, call);
}

void Surfaces::asks_directly(Kind kind, const SurfaceCall& call) {
  if ((told_ & bit_of(kind)) != 0) return;
  const KeepErrno keep;
  const MemoryWatch::Quiet quiet;
  const Answering nobody(nullptr);
  const internal::ForeignHeap::Outside outside;
  const auto pc = reinterpret_cast<std::uintptr_t>(call.returns_to);
  const std::vector<CodeLine>& lines = run_.debug_info().lines_at(pc);
  if (lines.empty() || lines.front().is_library) return;
  is_first(kind);
  tell(kind, call);
}

bool Surfaces::refuses(Kind kind, const SurfaceCall& call) {
  if (!run_.options().observed || !run_.options().checks.on(check_name::determinism)) return false;
  asks(kind, call);
  return true;
}

ShownLocation Surfaces::place_of(const SurfaceCall& call) {
  const Stack stack = Stack::here();
  const auto* const end = stack.at.begin() + stack.size;
  const auto* at =
      std::find(stack.at.begin(), end, reinterpret_cast<std::uintptr_t>(call.returns_to));
  for (; at != end; ++at) {
    for (const CodeLine& line : run_.debug_info().lines_at(*at)) {
      if (is_harness(line)) return {};
      if (line.is_library || line.line == 0) continue;
      return {line.file, line.line, to_text(call) + " is called here", 0, line.function};
    }
  }
  return {};
}

void Surfaces::tell(Kind kind, const SurfaceCall& call) {
  const RunOptions& options = run_.options();
  if (!options.observed || !options.checks.on(check_name::determinism)) return;
  const Words words = words_on(kind);
  Finding finding;
  finding.check = check_name::determinism;
  finding.severity = is_error(kind) ? Severity::error : Severity::note;
  finding.signature = run_.signature(check_name::determinism, words.what);
  finding.message = '`' + to_text(call) + "` " + std::string(words.message);
  finding.evidence.emplace_back(words.evidence);
  if (is_error(kind)) finding.expected = "a run depends on its plan and on nothing else";
  finding.help = words.help;
  ShownLocation place = place_of(call);
  if (place.line != 0) finding.places.push_back(std::move(place));
  run_.report(std::move(finding));
}

}  // namespace reprise
