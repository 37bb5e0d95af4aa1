// WakeList: operations that wait until another task has changed something, woken in the order in
// which they came.
//
//   struct Consumer {
//     Queue& queue;                           // queue.arrivals is a WakeList
//     WakeList::Place place{queue.arrivals};  // where this machine waits
//     IOResult<int> take() {
//       RETURN_IF_IO(place.until([&] { return !queue.empty(); }));
//       return queue.pop();
//     }
//   };
//   void Queue::push(int item) { items.push_back(item); arrivals.wake_one(); }
//
// until() looks at the condition in every entry, so no wake is lost, and whoever was woken too late
// waits again at its old place. A machine may be dropped at any yield: its Place leaves the list,
// and passes on a wake_one() that it was given and has not used. Allocates only to grow.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/io_result.h>

#include <cstddef>
#include <cstdint>

namespace reprise {

class WakeList final : private Canceller {
 public:
  /// One machine's place in a list. The list may end first: who waits in it is then never woken.
  class Place {
   public:
    explicit Place(WakeList& list) : list_(&list) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { leave(); }

    /// Done as soon as `condition()` holds, which is asked in every entry: at once if it holds
    /// already. Err only if the completion that it waits for was cancelled.
    template <class Condition>
    IOResult<Unit> until(Condition&& condition) {
      for (;;) {
        if (condition()) {
          take_note();
          return Unit{};
        }
        IOResult<Unit> woken = wait_on();
        if (!woken.is_done()) return woken;
      }
    }
    /// Done once it has been woken since the first of these calls. For machines that look for
    /// themselves, without a yield, before they wait, and again when they were woken. Call it until
    /// it has answered, or leave().
    IOResult<Unit> wait();

    /// What finishes when this place is woken, for groups and deadlines. The place stands in the
    /// list from now on. What has finished well is given again until wait(), until() or leave() has
    /// taken note of it.
    Completion request();
    /// Stands in the list.
    bool waiting() const { return where_ == Where::list; }
    /// Gives the place up; an unused wake_one() goes to the next.
    void leave();

   private:
    friend class WakeList;
    friend class FairLock;

    enum class Where : std::uint8_t { nowhere, list, turns };

    /// wait(), but whoever waits again keeps its old place.
    IOResult<Unit> wait_on();
    void take_note();
    /// IO, for `woken_`.
    IOResult<Unit> note_answer();

    WakeList* list_;
    Place* previous_ = nullptr;
    Place* next_ = nullptr;
    Completion woken_;          // of the wait under way
    std::uint64_t number_ = 0;  // by which the list is in order; 0: none yet
    Where where_ = Where::nowhere;
    bool is_answered_ = false;  // somebody was told to wait for `woken_` itself
    bool is_due_ = false;       // by the wake_all() under way
  };

  /// `name` stands in findings; a literal, or else it must outlive the list.
  explicit WakeList(const char* name = "") : name_(name) {}
  WakeList(const WakeList&) = delete;
  WakeList& operator=(const WakeList&) = delete;
  ~WakeList() override;

  /// Wakes the place that has waited longest; false if nobody waits. For one change that one waiter
  /// can use, where all wait for the same; otherwise wake_all().
  bool wake_one();
  /// Wakes all that wait now.
  void wake_all();
  /// How many wait.
  std::size_t size() const { return size_; }

 private:
  friend class FairLock;

  void cancel(const Completion& completion, std::uint64_t token) override;
  Thing awaited_thing() const override { return {name_, is_lock_, held_by_}; }
  struct Chain {
    Place* first = nullptr;
    Place* last = nullptr;
  };
  Chain& chain_of(const Place& place) {
    return place.where_ == Place::Where::list ? list_ : turns_;
  }

  void join(Place& place);
  static void link(Chain& chain, Place& place, Place* after);
  void unlink(Place& place);
  static void wake(Place& place);
  void detach_all(Chain& chain);

  const char* name_;
  CompletionPool pool_;
  Chain list_;            // those that wait, by number
  Chain turns_;           // woken by wake_one(), and have not taken note
  std::size_t size_ = 0;  // of `list_`
  std::uint64_t next_number_ = 1;
  // For the lock that this list belongs to.
  bool is_lock_ = false;
  std::uint64_t held_by_ = 0;
};

}  // namespace reprise
