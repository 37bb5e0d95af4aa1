// StackLayout: where stacks begin and what they hold below the code that runs. No run may depend on
// it, so the check determinism makes a run under two of them.
#pragma once

#include <cstdint>
#include <optional>

namespace reprise::internal {

struct StackLayout {
  std::uint32_t offset = 0;          // in bytes: how much further down stacks begin
  std::optional<std::uint8_t> fill;  // what memory below is filled with again and again
};

void fill_stack_below(std::uint8_t fill);

/// Fills a few KiB of the stack below the caller, if the layout has a fill.
inline void fill_stack(const StackLayout& layout) {
  if (layout.fill) [[unlikely]]
    fill_stack_below(*layout.fill);
}

/// Calls `body(context)` on this stack, as the layout says.
void call_on(const StackLayout& layout, void (*body)(void* context), void* context);

}  // namespace reprise::internal
