// WorldObserver: the Observer of a simulated run, and the listener of its MemoryWatch. It follows
// the operation under way, injects yields at await sites, and notifies the checks.
#pragma once

#include <reprise/core/observer.h>
#include <reprise/sim/operation/operation.h>
#include <reprise/sim/store_watch/memory_watch.h>

namespace reprise::internal {

class World;
struct Task;

class WorldObserver final : public Observer, public MemoryListener {
 public:
  explicit WorldObserver(World& world) : world_(world) {}

  World& world() { return world_; }

  Enter enter_await(const AwaitSite& site) override;
  Leave leave_await(const AwaitSite& site, Answer answer) override;
  void* park(std::size_t size, std::size_t alignment, void (*destroy)(void*)) override;
  void* parked() override;
  void unpark() override;
  void bare_yield(const AwaitSite& site, const Completion& completion) override;
  void enter_no_io(const AwaitSite& site) override;
  void leave_no_io(const AwaitSite& site, bool yielded) override;
  void stored(const Store& store) override;
  void pause_stores() override;
  void resume_stores() override;
  void forgotten(const void* object) override;
  void holds_now() override;
  void called(const RepeatedCall& call) override;
  void answer_ignored(const Completion& waits_for) override;
  void result_asked_early(const Completion& completion) override;
  std::uint64_t origin_now() override;
  void completion_event(CompletionEvent event, const Completion& completion, IOError error,
                        std::uint64_t bytes) override;

  void memory_freed(std::uintptr_t begin, std::size_t size) override;
  void owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                         bool is_store) override;
  void owned_memory_freed(const OwnedMemory& memory) override;
  bool mutex_used(MutexEvent event, const MemoryAccess& mutex) override;
  void freed_memory_used(const FreedMemory& memory, const MemoryAccess& access,
                         bool is_store) override;
  void memory_freed_again(const FreedMemory& memory, const CodeAddress& code) override;
  EntryNumber entry_now() override;
  bool may_lack_memory() override;
  bool lacks_memory() override;

 private:
  Leave how_to_yield(Task& task, const AwaitSite& site);
  Operation::Work work_now();
  /// An awaited call has answered IO to the entry under way.
  void answered_io(const Task& task, const AwaitSite& site);
  /// It has got more such answers than it may.
  void tell_of_too_many(const Task& task, const AwaitSite& site);
  void log(const Store& store);

  World& world_;
};

}  // namespace reprise::internal
