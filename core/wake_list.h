// WakeList: a list of operations that wait until another task has changed something. They are woken
// in the order in which they came.
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
// until() checks the condition in every entry, so no wake is lost, and a machine that was woken too
// late waits again at its old place. A machine may be dropped at any yield: its Place leaves the
// list, and passes on a wake_one() that it has received and not used. Allocates only to grow.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/io_result.h>

#include <cstddef>
#include <cstdint>

namespace reprise {

class WakeList final : private Canceller {
 public:
  /// One machine's place in a list. The list may be destroyed first: machines that wait in it are
  /// then never woken.
  class Place {
   public:
    explicit Place(WakeList& list) : list_(&list) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { leave(); }

    /// Done as soon as `condition()` holds, at once if it holds already. The condition is checked
    /// in every entry. Err only if the completion that it waits for was cancelled.
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
    /// Done once this place has been woken since the first of these calls. For machines that check
    /// their condition themselves: right before they wait, with no yield in between, and again
    /// after they were woken. Call it until it answers Done or Err, or call leave().
    IOResult<Unit> wait();

    /// Gives a completion that finishes when this place is woken, for groups and deadlines. The
    /// place stands in the list from now on. A completion that has finished successfully is given
    /// again until wait(), until() or leave() has taken note of it.
    Completion request();
    /// Whether this place stands in the list.
    bool waiting() const { return where_ == Where::list; }
    /// Gives the place up; an unused wake_one() goes to the next.
    void leave();

   private:
    friend class WakeList;
    friend class FairLock;

    enum class Where : std::uint8_t { nowhere, list, turns };

    /// Like wait(), but a machine that waits again keeps its old place.
    IOResult<Unit> wait_on();
    void take_note();
    /// Answers IO with `woken_`.
    IOResult<Unit> note_answer();

    WakeList* list_;
    Place* previous_ = nullptr;
    Place* next_ = nullptr;
    Completion woken_;          // of the wait under way
    std::uint64_t number_ = 0;  // the list is sorted by it; 0: none yet
    Where where_ = Where::nowhere;
    bool is_answered_ = false;  // an answer told the machine to wait for `woken_`
    bool is_due_ = false;       // to be woken by the wake_all() under way
  };

  /// `name` appears in findings; it must outlive the list, as a literal does.
  explicit WakeList(const char* name = "") : name_(name) {}
  WakeList(const WakeList&) = delete;
  WakeList& operator=(const WakeList&) = delete;
  ~WakeList() override;

  /// Wakes the place that has waited longest; false if nobody waits. Use it for a change that
  /// serves only one waiter, where all wait for the same; otherwise use wake_all().
  bool wake_one();
  /// Wakes all that wait now.
  void wake_all();
  /// How many places wait.
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
