// Store: keys and values on a pager. A key's hash names the chain of pages that its record is in.
#pragma once

#include <reprise/core/coroutine.h>

#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/pager/pager.h"

namespace pager_store {

/// One client's use of a pager. One operation at a time.
class Store {
 public:
  explicit Store(reprise::pager::Pager& pager) : session_(pager) {}

  /// Makes the chains if the pager has none. Before anything else.
  reprise::Coroutine<> create();
  reprise::Coroutine<std::optional<std::string>> get(std::string key);
  /// Durable once it has ended. IOError::too_large for more than record_bytes_max.
  reprise::Coroutine<> put(std::string key, std::string value);
  /// Whether it was there.
  reprise::Coroutine<bool> remove(std::string key);

 private:
  /// Takes the key out of its chain and, if there is a value, adds it again: one transaction.
  /// Whether the key was there.
  reprise::Coroutine<bool> change(std::string key, std::optional<std::string> value);
  reprise::Coroutine<bool> change_pages(const std::string& key,
                                        const std::optional<std::string>& value);

  reprise::pager::Session session_;
};

}  // namespace pager_store
