
#include <reprise/sim/stack_layout.h>

#include <cstddef>
#include <cstring>

namespace reprise::internal {

namespace {

// More than an entry of ordinary code and what the store watch calls need, and little of a fiber's
// stack.
constexpr std::size_t filled_at_first_bytes = 32'768;

[[gnu::noinline]] void fill_below(std::uint8_t fill, std::size_t bytes) {
  void* const below = __builtin_alloca(bytes);
  std::memset(below, fill, bytes);
  asm volatile("" : : "r"(below) : "memory");  // it is dead to the compiler
}

[[gnu::noinline]] void call_further_down(const StackLayout& layout, void (*body)(void* context),
                                         void* context) {
  void* const skipped = __builtin_alloca(layout.offset + 1);
  asm volatile("" : : "r"(skipped) : "memory");
  if (layout.fill) fill_below(*layout.fill, filled_at_first_bytes);
  body(context);
  asm volatile("" : : "r"(skipped) : "memory");  // so that it is no tail call
}

}  // namespace

void fill_stack_below(std::uint8_t fill) {
#if defined(__x86_64__)
  // All but the address that this returns to, where the next call's will be: locals of small frames
  // lie just behind it.
  asm volatile(
      "lea -4096(%%rsp), %%rdi\n\t"
      "mov $4096, %%ecx\n\t"
      "rep stosb"
      :
      : "a"(fill)
      : "rdi", "rcx", "memory");
#else
  fill_below(fill, 4'096);
#endif
}

void call_on(const StackLayout& layout, void (*body)(void* context), void* context) {
  if (layout.offset == 0 && !layout.fill) return body(context);
  call_further_down(layout, body, context);
}

}  // namespace reprise::internal
