// REPRISE_UNWATCHED: for functions in headers whose stores the store watch must not see, such as
// those to reference counts, which are not machine state.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define REPRISE_UNWATCHED __attribute__((no_sanitize("thread")))
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define REPRISE_UNWATCHED __attribute__((no_sanitize("thread")))
#endif
#endif
#ifndef REPRISE_UNWATCHED
#define REPRISE_UNWATCHED
#endif
