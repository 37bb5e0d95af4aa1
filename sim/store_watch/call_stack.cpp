#include <reprise/sim/store_watch/call_stack.h>

#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/memory_watch.h>

#include <unwind.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace reprise {

namespace {

constexpr std::size_t depth_max = 64;
constexpr std::size_t shown_lines_max = 5;  // more tell the reader no more

struct StackWalk {
  std::span<std::uintptr_t> room;
  std::size_t count = 0;
};

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void* walk_of) {
  StackWalk& walk = *static_cast<StackWalk*>(walk_of);
  if (walk.count == walk.room.size()) return _URC_END_OF_STACK;
  int is_before = 0;  // the address is that of an instruction to come, not of a return
  const std::uintptr_t address = _Unwind_GetIPInfo(context, &is_before);
  if (address == 0) return _URC_END_OF_STACK;
  walk.room[walk.count++] = address + (is_before != 0 ? 1 : 0);
  return _URC_NO_REASON;
}

/// Compilers are called with paths from their own folder: `../../sim/world.cpp`.
std::string_view without_steps(std::string_view path) {
  for (;;) {
    if (path.starts_with("./")) {
      path.remove_prefix(2);
    } else if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else {
      return path;
    }
  }
}

/// Which lines are the harness's own. Its functions cannot be told by their names, as debug
/// information has none for the namespaces of local ones.
class Harness {
 public:
  explicit Harness(DebugInfo& debug_info) {
    constexpr std::string_view this_file = "sim/store_watch/call_stack.cpp";
    const auto here = reinterpret_cast<std::uintptr_t>(&call_stack) + 1;
    for (const CodeLine& line : debug_info.lines_at(here)) {
      if (line.file.ends_with(this_file)) {
        const std::string_view file = without_steps(line.file);
        root_ = file.substr(0, file.size() - this_file.size());
        is_known_ = true;
      }
    }
  }

  bool has(const CodeLine& line) const {
    return is_below(line, "core/") || is_below(line, "sim/") || is_below(line, "replay/");
  }
  /// Whoever called this did so to run a scenario.
  bool is_run(const CodeLine& line) const {
    return is_below(line, "sim/world") || is_below(line, "sim/runner");
  }

 private:
  bool is_below(const CodeLine& line, std::string_view path) const {
    const std::string_view file = without_steps(line.file);
    return is_known_ && file.starts_with(root_) && file.substr(root_.size()).starts_with(path);
  }

  std::string root_;       // of its sources; empty where the paths are those of its tree
  bool is_known_ = false;  // it was compiled with debug information
};

bool is_same_line(const ShownLocation& place, const CodeLine& line) {
  return place.line == line.line && place.file == line.file;
}

}  // namespace

namespace internal {
constinit Thrown last_thrown;
}  // namespace internal

std::size_t call_stack(std::span<std::uintptr_t> room) {
  StackWalk walk{room};
  _Unwind_Backtrace(take_frame, &walk);
  return walk.count;
}

std::vector<ShownLocation> own_places(DebugInfo& debug_info, std::span<const std::uintptr_t> stack,
                                      const std::string& note) {
  const MemoryWatch::Quiet quiet;
  const Harness harness(debug_info);
  std::vector<ShownLocation> places;
  for (const std::uintptr_t address : stack) {
    for (const CodeLine& line : debug_info.lines_at(address)) {
      if (!places.empty() && harness.is_run(line)) return places;
      if (line.is_library || line.line == 0 || harness.has(line)) continue;
      // A recursion comes to the same line again and again.
      const bool is_known = std::ranges::any_of(
          places, [&](const ShownLocation& place) { return is_same_line(place, line); });
      if (is_known) continue;
      if (places.size() == shown_lines_max) return places;
      const bool has_name = line.function != "operator()";  // as a lambda has none
      places.push_back({line.file, line.line, places.empty() ? note : "called here", line.column,
                        has_name ? line.function : ""});
    }
  }
  return places;
}

std::vector<ShownLocation> own_places_now(DebugInfo& debug_info, const std::string& note) {
  std::array<std::uintptr_t, depth_max> stack{};
  const std::size_t count = call_stack(stack);
  return own_places(debug_info, std::span(stack).first(count), note);
}

}  // namespace reprise
