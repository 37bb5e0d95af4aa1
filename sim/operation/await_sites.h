// Await sites as places that runs come to, or do not: which of the program's have been reached.
#pragma once

#include <reprise/core/observer.h>

#include <compare>
#include <cstddef>
#include <string>
#include <vector>

namespace reprise {

/// An await site that outlives the program that has it.
struct SitePlace {
  std::string file;
  int line = 0;
  std::string function;
  std::string expression;

  friend auto operator<=>(const SitePlace&, const SitePlace&) = default;
};

/// The await sites that runs have come to.
class ReachedSites {
 public:
  void add(const internal::AwaitSite& site);
  /// Sorted, each once: a template's instances are one.
  std::vector<SitePlace> places() const;

 private:
  void grow();

  std::vector<const internal::AwaitSite*> table_;  // open addressing; a power of two
  std::size_t count_ = 0;
};

/// All await sites of this program and of the libraries that it has loaded, sorted, each once;
/// taken from its symbols: of a stripped program there are none.
std::vector<SitePlace> await_sites_of_program();

}  // namespace reprise
