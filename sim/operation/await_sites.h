// Await sites of the program, and which of them runs have reached.
#pragma once

#include <reprise/core/observer.h>

#include <compare>
#include <cstddef>
#include <string>
#include <vector>

namespace reprise {

/// An await site as text and line, which outlives the program that contains the site.
struct SitePlace {
  std::string file;
  int line = 0;
  std::string function;
  std::string expression;

  friend auto operator<=>(const SitePlace&, const SitePlace&) = default;
};

/// The await sites that runs have reached.
class ReachedSites {
 public:
  void add(const internal::AwaitSite& site);
  /// The sites, sorted and without duplicates; all instances of a template count as one.
  std::vector<SitePlace> places() const;

 private:
  void grow();

  std::vector<const internal::AwaitSite*> table_;  // open addressing; a power of two
  std::size_t count_ = 0;
};

/// All await sites of this program and of the libraries that it has loaded, sorted and without
/// duplicates. They are read from the symbols, so a stripped program has none.
std::vector<SitePlace> await_sites_of_program();

}  // namespace reprise
