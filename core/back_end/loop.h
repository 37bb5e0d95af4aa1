// Loop: drives machines on a back end. A machine is entered until it answers Done or Err; in
// between it waits for the completion that it has answered.
//
//   Loop loop(*io);
//   loop.stop_on({SIGINT, SIGTERM});
//   loop.spawn([&] { return server.serve(); }, [&](Result<Unit> ended) { ... });
//   if (loop.run() == Loop::End::stopped) ...
//
//   Result<Page> page = loop.await([&] { return pager.read(3); });   // from main(), say
//
// A machine that yields explicitly is entered again after the others that are ready. One thread.
#pragma once

#include <reprise/core/back_end/back_end.h>
#include <reprise/core/internal/await_mistakes.h>
#include <reprise/core/internal/waiter.h>
#include <reprise/core/io_result.h>
#include <reprise/core/result.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace reprise {

class Loop;

namespace internal {

class StopSignals;

/// A machine that a loop drives.
class LoopTask : private Waiter {
 public:
  explicit LoopTask(Loop& loop) : loop_(loop) {}

 private:
  friend class reprise::Loop;

  /// Enters the machine once. Gives what it waits for; nothing if it has ended.
  virtual Completion enter() = 0;
  void completion_finished(const Completion&) override;

  Loop& loop_;
  std::size_t index_ = 0;  // in tasks_
  LoopTask* next_ready_ = nullptr;
};

template <class Entry>
using EntryAnswer = std::remove_cvref_t<std::invoke_result_t<Entry&>>;

template <class Entry>
concept EntersForLoop = std::invocable<Entry&> && Awaitable<EntryAnswer<Entry>>;

template <class Entry>
using EntryResult = Result<typename EntryAnswer<Entry>::Value>;

template <class Entry, class Ended>
class MachineTask final : public LoopTask {
 public:
  MachineTask(Loop& loop, Entry entry, Ended ended)
      : LoopTask(loop), entry_(std::move(entry)), ended_(std::move(ended)) {}

 private:
  Completion enter() override {
    auto answer = entry_();
    if (answer.is_done()) {
      ended_(EntryResult<Entry>(std::move(answer).value()));
      return {};
    }
    const NotDone not_done = std::move(answer).not_done();
    if (const IOCompletions* const io = std::get_if<IOCompletions>(&not_done)) {
      return io->completion();
    }
    ended_(EntryResult<Entry>(std::get<IOError>(not_done)));
    return {};
  }

  Entry entry_;
  Ended ended_;
};

}  // namespace internal

class Loop {
 public:
  /// Why run() has returned.
  enum class End : std::uint8_t {
    done,     // every machine has ended, and nothing is in flight
    stuck,    // machines wait for something that is not in flight: a deadlock
    stopped,  // stop() was called, or a signal came; run() may be called again
  };

  /// `back_end` must outlive it.
  explicit Loop(BackEnd& back_end);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  /// Abandons the machines that have not ended. Their I/Os go on.
  ~Loop();

  /// Has `entry`, a function that gives an IOResult, entered until it answers Done or Err; then
  /// `ended(result)` is called with a Result of its value. Both live until `ended` has returned.
  /// The first entry is in run().
  template <internal::EntersForLoop Entry, std::invocable<internal::EntryResult<Entry>> Ended>
  void spawn(Entry entry, Ended ended) {
    add(std::make_unique<internal::MachineTask<Entry, Ended>>(*this, std::move(entry),
                                                              std::move(ended)));
  }

  /// Runs until one of the ends. Not from within a machine or a callback.
  End run();
  /// Makes run() return before the next entry. For machines and callbacks.
  void stop() { stops_ = true; }
  /// Lets these signals call stop(). They are blocked in this thread for as long as the loop lives:
  /// call it before other threads start, since these inherit that. Call it once.
  IOError stop_on(std::initializer_list<int> signals);

  /// Runs the loop until `entry` has ended, others along with it. IOError::cancelled if the loop
  /// was stopped or is stuck before: then the machine is abandoned.
  template <internal::EntersForLoop Entry>
  internal::EntryResult<Entry> await(Entry entry) {
    std::optional<internal::EntryResult<Entry>> result;
    spawn(std::move(entry), [&](internal::EntryResult<Entry> its) {
      result.emplace(std::move(its));
      await_has_ended_ = true;
    });
    internal::LoopTask* const task = tasks_.back().get();
    while (!result && step()) {
    }
    if (result) return std::move(*result);
    abandon(*task);
    return IOError::cancelled;
  }

  /// Machines that have not ended.
  std::size_t machines() const { return tasks_.size(); }

 private:
  friend class internal::LoopTask;

  void add(std::unique_ptr<internal::LoopTask> task);
  void make_ready(internal::LoopTask& task);
  /// Enters those that are ready and turns the back end. False if the run has ended, by end_.
  bool step();
  void enter(internal::LoopTask& task);
  void remove(internal::LoopTask& task);
  /// Removes a task that may be ready.
  void abandon(internal::LoopTask& task);

  BackEnd& back_end_;
  std::vector<std::unique_ptr<internal::LoopTask>> tasks_;
  internal::LoopTask* first_ready_ = nullptr;
  internal::LoopTask* last_ready_ = nullptr;
  std::unique_ptr<internal::StopSignals> signals_;
  bool stops_ = false;
  bool await_has_ended_ = false;  // so there is nothing to wait for
  End end_ = End::done;
};

}  // namespace reprise
