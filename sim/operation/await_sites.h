// Await sites of the program, and which of them runs have reached.
#pragma once

#include <reprise/core/observer.h>
#include <reprise/core/result.h>
#include <reprise/sim/store_watch/epoch_table.h>

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

/// An await site as text and line, which outlives the program that contains the site.
struct SiteLocation {
  std::string file;
  int line = 0;
  std::string function;
  std::string expression;

  friend auto operator<=>(const SiteLocation&, const SiteLocation&) = default;
};

/// The await sites that runs have reached.
class ReachedSites {
 public:
  void add(const internal::AwaitSite& site) {
    if (known_.insert(reinterpret_cast<std::uintptr_t>(&site)).second) sites_.push_back(&site);
  }
  /// The sites, sorted and without duplicates; all instances of a template count as one.
  std::vector<SiteLocation> places() const;

 private:
  internal::EpochTable<std::uintptr_t, Unit> known_;  // the addresses of sites_
  std::vector<const internal::AwaitSite*> sites_;
};

/// All await sites of this program and of the libraries that it has loaded, sorted and without
/// duplicates. They are read from the symbols, so a stripped program has none.
std::vector<SiteLocation> await_sites_of_program();

}  // namespace reprise
