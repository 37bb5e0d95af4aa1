// CallStack: the calls under way, as return addresses, and the lines of the user's own code among
// them.
#pragma once

#include <reprise/sim/finding.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace reprise {

class DebugInfo;

/// Writes the return addresses of the calls under way into `room`, the innermost first, and gives
/// their number. In a signal handler the stack includes the code that was interrupted.
/// Async-signal-safe from the second call on.
std::size_t call_stack(std::span<std::uintptr_t> room);

/// The user's own lines in such a stack, the innermost first, without those of the harness and of
/// libraries. The first has `note`, the others say that they called it. Empty without debug
/// information.
std::vector<ShownLocation> own_places(DebugInfo& debug_info, std::span<const std::uintptr_t> stack,
                                      const std::string& note);

/// The same for the calls under way now.
std::vector<ShownLocation> own_places_now(DebugInfo& debug_info, const std::string& note);

namespace internal {
/// The last exception that was thrown while `is_kept`, in a program with reprise::watch.
struct Thrown {
  bool is_kept = false;
  const void* object = nullptr;
  std::array<std::uintptr_t, 64> stack{};
  std::size_t stack_size = 0;
};
/// It is global because the runtime library's function has no parameter to find it by.
extern constinit Thrown last_thrown;
}  // namespace internal

}  // namespace reprise
