// Operation: one logical use of a machine, from its first entry until Done, Err or abandonment. It
// knows the chain of await sites that the last entry yielded through, follows the next entry back
// along that chain, and keeps the value that an injected yield put aside. OperationEnd: how an
// operation ended.
#pragma once

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io_error.h>
#include <reprise/core/observer.h>
#include <reprise/sim/plan/identity.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() { drop_parked(); }

  void begin(NameId task);
  void begin_entry();
  /// Entries so far, the one under way included.
  std::uint32_t entries() const { return entries_; }
  bool in_entry() const { return in_entry_; }
  /// Ends the entry; a yield leaves the chain that the next entry comes back along.
  void end_entry(Answer answer);
  void end();

  /// Control arrives at a site, one level deeper than open_depth().
  struct Arrival {
    std::size_t depth;
    bool returned;   // to the remembered site of this depth, and all outer sites match too
    bool hand_over;  // a value was put aside here
    NameId name;     // the site's, if `returned`
  };
  Arrival arrive(const AwaitSite& site);
  /// Records an arrival at this site, of this name. True if it is the first in this entry.
  bool is_first_arrival(const AwaitSite& site, NameId name);
  /// The work of all machines so far, as far as it was seen. The difference of two readings is the
  /// work of a call.
  struct Work {
    std::uint64_t done = 0;    // I/Os submitted, completions finished or cancelled, tracked changes
    std::int64_t handles = 0;  // of completions
  };
  /// Opens the site just arrived at. `name` is the name of the site's identity.
  void open(const AwaitSite& site, NameId name, const Work& before, bool is_first_arrival);
  /// Whether no work of the call at the innermost open site was seen.
  bool has_done_nothing(const Work& now) const {
    const Work& before = open_.back().before;
    return now.done == before.done && now.handles >= before.handles;
  }
  /// Whether this entry has reached the innermost open site for the first time.
  bool is_first_here() const { return open_.back().is_first_arrival; }
  /// The call at the innermost open site has answered.
  void close(Answer answer);
  /// Makes the site at `depth`, which is not open, answer with an explicit yield instead of Done,
  /// or instead of calling.
  void yield_at(const AwaitSite& site, NameId name, std::size_t depth, Identity point);
  void bare_yield_at(const AwaitSite& site, Identity point) {
    yield_point_ = point;
    bare_site_ = &site;
  }

  /// Whether the site just left answers with an injected yield: its call answered Done, or was not
  /// made.
  bool is_injected() const { return injected_; }

  /// Whether the operation can bear another injected yield. An operation that starts over on each
  /// entry would never end if each of its entries got one.
  bool bears_injection() const {
    constexpr std::uint32_t too_many = 64;
    return injected_yields_ < too_many || injected_yields_ - too_many < entries_ - injected_yields_;
  }

  std::size_t open_depth() const { return open_.size(); }
  /// The name of the innermost open site, or of the task.
  NameId innermost_name() const { return open_.empty() ? task_ : open_.back().at.name; }
  /// The innermost open site, or null.
  const AwaitSite* open_site() const { return open_.empty() ? nullptr : open_.back().at.site; }
  /// Where this entry has yielded; name 0 if that was at no macro.
  Identity yield_point() const { return yield_point_; }
  /// The innermost awaited call that the last entry yielded through, or null.
  const AwaitSite* resume_site() const { return chain_.empty() ? nullptr : chain_.back().site; }
  /// The outermost awaited call that the last entry yielded through, or null.
  const AwaitSite* outermost_site() const { return chain_.empty() ? nullptr : chain_.front().site; }
  /// The awaited calls that the last entry yielded through, numbered from the outermost.
  std::size_t chain_size() const { return chain_.size(); }
  const AwaitSite& chain_site(std::size_t depth) const { return *chain_[depth].site; }
  /// Where the last entry yielded: at an IO_YIELD_ONE, or else at resume_site(); or null.
  const AwaitSite* yield_site() const { return bare_site_ != nullptr ? bare_site_ : resume_site(); }

  /// Where the operation yielded last. Still valid in later entries, and after the operation.
  struct NamedSite {
    const AwaitSite* site = nullptr;  // null: nowhere yet, or at no macro
    NameId name = 0;                  // includes the names of the sites around it
  };
  NamedSite last_yield() const { return last_yield_; }
  /// The call directly below the open site that answered IO last in this entry; or null.
  const AwaitSite* answered_through() const {
    const bool is_here = !yielded_.empty() && yielded_.back().depth == open_.size();
    return is_here ? yielded_.back().site.site : nullptr;
  }
  /// The site where that IO came from; or null.
  const AwaitSite* answering_site() const {
    if (bare_site_ != nullptr) return bare_site_;
    return yielded_.empty() ? nullptr : yielded_.front().site.site;
  }

  void* park(std::size_t size, std::size_t alignment, void (*destroy)(void*));
  void* parked() { return parked_.memory; }
  void unpark();

  // EXPECT_NO_IO regions.
  void enter_no_io() { ++no_io_; }
  void leave_no_io() { --no_io_; }
  bool no_io() const { return no_io_ != 0; }

 private:
  /// An open site, and its call.
  struct Open {
    NamedSite at;
    Work before;
    bool is_first_arrival = false;
  };
  struct YieldedSite {
    NamedSite site;
    std::size_t depth;
  };
  struct Parked {
    void* memory = nullptr;  // within room_
    void (*destroy)(void*) = nullptr;
    std::size_t depth = 0;
    bool armed = false;
  };

  void drop_parked();

  NameId task_ = 0;
  std::uint32_t entries_ = 0;
  std::uint32_t injected_yields_ = 0;
  bool in_entry_ = false;
  std::uint32_t no_io_ = 0;
  std::vector<Open> open_;            // by depth
  std::vector<NamedSite> arrived_;    // the sites that this entry has reached
  std::vector<YieldedSite> yielded_;  // innermost first, contiguous in depth
  std::vector<NamedSite> chain_;      // of the last entry, outermost first
  std::size_t matched_ = 0;           // how much of chain_ this entry has come back along
  bool returning_ = false;            // whether this entry is still coming back
  bool injected_ = false;
  Identity yield_point_;
  NamedSite last_yield_;
  const AwaitSite* bare_site_ = nullptr;  // the IO_YIELD_ONE where this entry yielded
  Parked parked_;
  std::vector<std::byte> room_;  // memory for the parked value, kept for reuse
};

inline Operation::Arrival Operation::arrive(const AwaitSite& site) {
  Arrival arrival{open_.size(), false, false, 0};
  if (!returning_ || arrival.depth != matched_) return arrival;
  if (arrival.depth < chain_.size() && chain_[arrival.depth].site == &site) {
    arrival.returned = true;
    arrival.name = chain_[arrival.depth].name;
    arrival.hand_over =
        parked_.memory != nullptr && parked_.armed && parked_.depth == arrival.depth;
    ++matched_;
    if (arrival.hand_over) returning_ = false;  // the awaited call says Done
  } else {
    returning_ = false;  // control takes another way
    if (parked_.armed) drop_parked();
  }
  return arrival;
}

inline bool Operation::is_first_arrival(const AwaitSite& site, NameId name) {
  const auto is_here = [&](const NamedSite& at) { return at.site == &site && at.name == name; };
  if (std::ranges::any_of(arrived_, is_here)) return false;
  arrived_.push_back({&site, name});
  return true;
}

inline void Operation::open(const AwaitSite& site, NameId name, const Work& before,
                            bool is_first_arrival) {
  open_.push_back({{&site, name}, before, is_first_arrival});
}

inline void Operation::close(Answer answer) {
  REPRISE_ASSERT(!open_.empty(), "an await site is left once for each time it is entered");
  const NamedSite site = open_.back().at;
  open_.pop_back();
  injected_ = false;
  const std::size_t depth = open_.size();
  if (matched_ > depth) returning_ = false;
  if (answer == Answer::io) {
    if (!yielded_.empty() && yielded_.back().depth != depth + 1) yielded_.clear();
    yielded_.push_back({site, depth});
  } else {
    yielded_.clear();
  }
}

struct OperationEnd {
  enum class Kind : std::uint8_t {
    done,
    error,
    aborted,     // the driver saw that what it waited for had failed
    abandoned,   // dropped at a yield
    power_lost,  // its task is gone
    threw
  };
  Kind kind = Kind::done;
  IOError error = IOError::none;  // error, aborted

  /// Whether it ended without an answer, so that it is cleaned up.
  bool is_dropped() const { return kind == Kind::aborted || kind == Kind::abandoned; }
};

/// The end of the operation as a predicate: "ended in Err EIO", "was abandoned".
std::string to_text(const OperationEnd& ending);

}  // namespace reprise
