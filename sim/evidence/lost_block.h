// A block of memory that a machine has allocated and nobody will ever free: what two runs of the
// same plan, one after the other in one process, say about that.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/finding.h>
#include <reprise/sim/store_watch/debug_info.h>
#include <reprise/sim/store_watch/live_blocks.h>

#include <optional>
#include <span>
#include <string_view>

namespace reprise {

/// `before`: blocks that the first run has left and the second one has not freed; `after`: those
/// that the second one has left. A finding of `leak` about code that is in both, or nothing.
std::optional<Finding> lost_block(std::string_view scenario, std::span<const AllocatedBlock> before,
                                  std::span<const AllocatedBlock> after, DebugInfo& debug_info,
                                  const CallPaths& paths);

}  // namespace reprise
