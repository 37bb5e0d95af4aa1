// StackLayout: where stacks begin, and what they contain below the running code. No run may depend
// on it, so the check determinism makes a run under two layouts.
#pragma once

#include <cstdint>
#include <optional>

namespace reprise::internal {

struct StackLayout {
  std::uint32_t offset = 0;          // bytes by which stacks begin further down
  std::optional<std::uint8_t> fill;  // repeatedly fills the memory below
};

void fill_stack_below(std::uint8_t fill);

/// Fills a few KiB of the stack below the caller, if the layout has a fill.
inline void fill_stack(const StackLayout& layout) {
  if (layout.fill) [[unlikely]]
    fill_stack_below(*layout.fill);
}

/// Calls `body(context)` on this stack, laid out as `layout` says.
void call_on(const StackLayout& layout, void (*body)(void* context), void* context);

}  // namespace reprise::internal
