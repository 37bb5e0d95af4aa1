// PassOn: calls the C library's own function from a hook that has taken its place. For the hooks of
// this folder only.
#pragma once

#include <dlfcn.h>

/// Calls the C library's `function`: the definition that comes after this program's, which is
/// looked up once.
#define REPRISE_PASS_ON(function, ...)                                                           \
  ([&] {                                                                                         \
    static const auto next = reinterpret_cast<decltype(&function)>(dlsym(RTLD_NEXT, #function)); \
    return next(__VA_ARGS__);                                                                    \
  }())

/// The same for a function of which the library has several versions: by its name alone the oldest
/// would be found, which is another.
#define REPRISE_PASS_ON_VERSION(version, function, ...)                   \
  ([&] {                                                                  \
    static void* const versioned = dlvsym(RTLD_NEXT, #function, version); \
    static const auto next = reinterpret_cast<decltype(&function)>(       \
        versioned != nullptr ? versioned : dlsym(RTLD_NEXT, #function));  \
    return next(__VA_ARGS__);                                             \
  }())

/// There are no hooks where a sanitizer has already taken the place of these functions.
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define REPRISE_NO_HOOKS
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define REPRISE_NO_HOOKS
#endif

#define REPRISE_CALL(function) REPRISE_CALL_WITH(function, "")
#define REPRISE_CALL_WITH(function, argument) \
  ::reprise::SurfaceCall { function, __builtin_return_address(0), argument }
