// Names: the interned names of identities. A name is a path such as `client[2]/write(wal)`: a
// parent and one part. Names are kept for all runs of a campaign. Their numbers depend on the order
// of first use, so only texts and hashes may reach a trace, an order or a digest.
#pragma once

#include <reprise/core/internal/pages.h>
#include <reprise/core/internal/prefetch.h>
#include <reprise/core/observer.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// An interned name; 0 is the empty one, the root.
using NameId = std::uint32_t;

/// The hash of a name's whole text; the same on every machine (XXH3, 64 bits).
std::uint64_t hash_of_name(std::string_view text);

class Names {
 public:
  Names();

  /// `parent/part`, or `part` under the root.
  NameId child(NameId parent, std::string_view part) {
    const Recent& recent = recent_children_[place_of(parent, part.data())];
    const bool is_same =
        recent.parent == parent && recent.key == part.data() && is_child(recent.name, parent, part);
    return is_same ? recent.name : find_child(parent, part);
  }
  /// `parent/function/expression`: an await site below a task or an outer site.
  NameId site(NameId parent, const internal::AwaitSite& site) {
    const Recent& recent = recent_sites_[place_of(parent, &site)];
    const bool is_same = recent.parent == parent && recent.key == &site;
    return is_same ? recent.name : find_site(parent, site);
  }
  /// `parent/after(other)`: something of `parent` that an event of `other` has started.
  NameId after(NameId parent, NameId other);

  std::string_view text(NameId name) const { return texts_[name]; }
  NameId parent(NameId name) const { return counters_[name].parent; }
  std::uint64_t hash(NameId name) const { return counters_[name].hash; }
  /// Begins to load what next_ordinal() and hash() need.
  void prefetch(NameId name) const { internal::prefetch(&counters_[name]); }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }

  /// The ordinals as they are now, and back to them.
  struct Ordinals {
    std::vector<std::uint32_t> counts;  // by name
  };
  Ordinals ordinals() const;
  void go_back_to(const Ordinals& ordinals);

  /// Restarts all ordinals.
  void begin_run() { ++epoch_; }
  /// 1 for a name's first use in this run, then 2 ...
  std::uint32_t next_ordinal(NameId name) {
    Counter& counter = counters_[name];
    if (counter.epoch != epoch_) {
      counter.epoch = epoch_;
      counter.count = 0;
    }
    return ++counter.count;
  }

 private:
  struct Node {
    const internal::AwaitSite* site = nullptr;  // compared for equality only
    NameId other = 0;
    NameId first_child = 0;
    NameId next_sibling = 0;
  };
  /// The members that each I/O uses, kept apart for the sake of the cache.
  struct Counter {
    std::uint64_t hash = 0;
    NameId parent = 0;
    std::uint32_t epoch = 0;
    std::uint32_t count = 0;
  };

  /// What was asked for a short time ago: a part or a site is mostly asked for at one place, so
  /// that its address tells it.
  struct Recent {
    const void* key = nullptr;
    NameId parent = 0;
    NameId name = 0;
  };
  static constexpr std::size_t recent_count = 256;
  using RecentNames = std::array<Recent, recent_count>;
  static std::size_t place_of(NameId parent, const void* key) {
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(key);
    return (address / 8 + address / 4096 + parent * 61) % recent_count;
  }
  /// Whether `name`, which was a child of `parent`, is the one of this part.
  bool is_child(NameId name, NameId parent, std::string_view part) const {
    const std::size_t before = parent == 0 ? 0 : texts_[parent].size() + 1;
    return name != 0 && texts_[name].size() == before + part.size() && texts_[name].ends_with(part);
  }

  NameId find_child(NameId parent, std::string_view part);
  NameId find_site(NameId parent, const internal::AwaitSite& site);
  NameId child_of_text(NameId parent, std::string_view part);
  NameId child_of_site(NameId parent, const internal::AwaitSite& site);
  NameId add(NameId parent, std::string text, std::uint64_t hash);
  void index(NameId name);

  std::vector<std::string> texts_;
  std::vector<Node> nodes_;
  std::vector<Counter, internal::PageAllocator<Counter>> counters_;
  std::vector<NameId> table_;  // by hash of the text; open addressing, at most half full, 0: free
  RecentNames recent_children_{};
  RecentNames recent_sites_{};
  std::uint32_t epoch_ = 1;
};

}  // namespace reprise
