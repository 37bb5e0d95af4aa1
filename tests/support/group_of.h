// group_of({a, b}): a completion group in one expression.
#pragma once

#include <reprise/core/completion_group.h>

#include <initializer_list>
#include <utility>

namespace reprise::tests {

inline Completion group_of(std::initializer_list<Completion> children,
                           CompletionCallback callback = {}) {
  CompletionGroup group(std::move(callback));
  for (const Completion& child : children) group.add(child);
  return group.build();
}

}  // namespace reprise::tests
