// The names of the built-in checks, as findings, traces and options spell them. To add a check: its
// name here and in check_names(), see check/list.cpp.
#pragma once

#include <string_view>

namespace reprise::check_name {

inline constexpr std::string_view bookkeeping = "bookkeeping";
inline constexpr std::string_view buffer_ownership = "buffer-ownership";
inline constexpr std::string_view clean_up = "clean-up";
inline constexpr std::string_view completion_protocol = "completion-protocol";
inline constexpr std::string_view crash = "crash";
inline constexpr std::string_view determinism = "determinism";
inline constexpr std::string_view double_mutation = "double-mutation";
inline constexpr std::string_view double_submit = "double-submit";
inline constexpr std::string_view heap_lifetime = "heap-lifetime";
inline constexpr std::string_view held_mutex = "held-mutex";
inline constexpr std::string_view idle_state = "idle-state";
inline constexpr std::string_view invariant = "invariant";
inline constexpr std::string_view leak = "leak";
inline constexpr std::string_view linearizability = "linearizability";
inline constexpr std::string_view lost_callee = "lost-callee";
inline constexpr std::string_view next_operation = "next-operation";
inline constexpr std::string_view overlap = "overlap";
inline constexpr std::string_view prefix_read = "prefix-read";
inline constexpr std::string_view premature_use = "premature-use";
inline constexpr std::string_view progress = "progress";
inline constexpr std::string_view schedule_equivalence = "schedule-equivalence";
inline constexpr std::string_view short_count = "short-count";
inline constexpr std::string_view spurious_re_entry = "spurious-re-entry";

}  // namespace reprise::check_name
