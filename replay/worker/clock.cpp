
#include <reprise/replay/worker/clock.h>

#include <chrono>

namespace reprise {

std::uint64_t worker_clock_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace reprise
