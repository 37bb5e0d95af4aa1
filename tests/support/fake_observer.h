// FakeObserver: an Observer that does what its script says, and remembers what it saw.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/core/internal/peek.h>
#include <reprise/core/observer.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace reprise::tests {

/// Observes from construction to destruction; then whoever observed before does again.
class FakeObserver final : public Observer {
 public:
  struct Told {
    CompletionEvent event;
    std::uint64_t id;
    IOError error;
    std::uint64_t bytes;
    bool finished;  // whether the completion said so then
  };

  FakeObserver() : before_(set_observer(this)) {}
  FakeObserver(const FakeObserver&) = delete;
  FakeObserver& operator=(const FakeObserver&) = delete;
  ~FakeObserver() override {
    drop_parked();
    set_observer(before_);
  }

  // The script: taken from the front; when empty, `call` and `pass`.
  std::deque<Enter> enters;
  std::deque<Leave> leaves;

  // What was seen.
  std::vector<std::string> log;  // "enter f.read()", "leave f.read() done" ...
  std::vector<const AwaitSite*> sites;
  std::vector<Store> stores;
  std::vector<const void*> gone;
  std::vector<Told> told;
  int early = 0;    // results asked for too early
  int ignored = 0;  // IO answers
  int held = 0;     // conditions that an awaited call has found to hold

  std::uint64_t origin = 0;  // of completions made from now on

  bool holds_parked() const { return parked_ != nullptr; }
  /// Control went elsewhere: the value put aside is of no use.
  void drop_parked() {
    if (parked_ != nullptr) destroy_(parked_);
    parked_ = nullptr;
  }

  Enter enter_await(const AwaitSite& site) override {
    sites.push_back(&site);
    log.push_back(std::string("enter ") + site.function + " " + site.expression);
    return next(enters, Enter::call);
  }
  Leave leave_await(const AwaitSite& site, Answer answer) override {
    log.push_back(std::string("leave ") + site.function + " " + site.expression + " " +
                  (answer == Answer::done ? "done"
                   : answer == Answer::io ? "io"
                                          : "error"));
    return answer == Answer::done ? next(leaves, Leave::pass) : Leave::pass;
  }
  void* park(std::size_t size, std::size_t alignment, void (*destroy)(void*)) override {
    void* place = room_.data();
    std::size_t space = room_.size();
    parked_ = std::align(alignment, size, place, space);
    destroy_ = destroy;
    return parked_;
  }
  std::uint64_t origin_now() override { return origin; }
  void* parked() override { return parked_; }
  void unpark() override { drop_parked(); }

  void bare_yield(const AwaitSite& site, const Completion& completion) override {
    sites.push_back(&site);
    log.push_back(std::string("yield ") + site.function + " " + site.expression + " #" +
                  std::to_string(completion.id()));
  }
  void enter_no_io(const AwaitSite& site) override {
    log.push_back(std::string("no io ") + site.expression);
  }
  void leave_no_io(const AwaitSite& site, bool yielded) override {
    log.push_back(std::string("end no io ") + site.expression + (yielded ? " yielded" : ""));
  }

  void stored(const Store& store) override { stores.push_back(store); }
  void forgotten(const void* object) override { gone.push_back(object); }
  void holds_now() override { ++held; }
  void answer_ignored(const Completion&) override { ++ignored; }
  void result_asked_early(const Completion&) override { ++early; }
  void completion_event(CompletionEvent event, const Completion& completion, IOError error,
                        std::uint64_t bytes) override {
    told.push_back({event, completion.id(), error, bytes, internal::Peek(completion).finished()});
  }

 private:
  template <class T>
  static T next(std::deque<T>& script, T otherwise) {
    if (script.empty()) return otherwise;
    const T first = script.front();
    script.pop_front();
    return first;
  }

  Observer* before_;
  std::vector<std::byte> room_ = std::vector<std::byte>(1024);
  void* parked_ = nullptr;
  void (*destroy_)(void*) = nullptr;
};

}  // namespace reprise::tests
