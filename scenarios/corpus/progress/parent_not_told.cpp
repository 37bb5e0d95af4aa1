// Corpus 31: the last write of a group calls the group's callback by hand and does not finish the
// group's completion, so that a group of groups, which stands on it, never hears of it.
#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace reprise::corpus::parent_not_told {
namespace {

constexpr std::size_t page_size = 512;
constexpr std::uint32_t pages = 2;

// Writes the dirty pages, a group of its own, and the header, all at once.
class Checkpoint {
 public:
  explicit Checkpoint(File& file) : file_(file) {}
  virtual ~Checkpoint() = default;

  IOResult<Unit> run() {
    if (!all_) start();
    if (!all_.finished()) IO_YIELD_ONE(all_);
    all_ = {};
    const Completion header = std::exchange(header_, {});
    const IOError error = std::exchange(error_, IOError::none);
    if (!header.succeeded()) return header.get_error();
    if (error != IOError::none) return error;
    return Unit{};
  }
  bool dirty() const { return dirty_; }

 protected:
  virtual void all_pages_written() = 0;

  void pages_are_clean() { dirty_ = false; }

  Completion group_;  // of the pages

 private:
  void start() {
    group_ = pool_.make([this](const Completion&) { pages_are_clean(); });
    outstanding_ = pages;
    for (std::uint32_t page = 1; page <= pages; ++page) {
      file_.pwrite(page * page_size, Buffer::allocate(page_size),
                   [this](const Completion& write) { page_written(write); });
    }
    header_ = file_.pwrite(0, Buffer::allocate(page_size));
    CompletionGroup group;
    group.add(group_);
    group.add(header_);
    all_ = CompletionGroup::drain(group.build());
  }
  void page_written(const Completion& write) {
    if (!write.succeeded()) error_ = write.get_error();
    if (--outstanding_ == 0) all_pages_written();
  }

  File& file_;
  CompletionPool pool_;
  Completion header_;
  Completion all_;
  std::uint32_t outstanding_ = 0;
  IOError error_ = IOError::none;
  bool dirty_ = true;
};

class CallsTheCallback final : public Checkpoint {
 public:
  using Checkpoint::Checkpoint;

 protected:
  void all_pages_written() override { pages_are_clean(); }
};

class FinishesTheGroup final : public Checkpoint {
 public:
  using Checkpoint::Checkpoint;

 protected:
  void all_pages_written() override { group_.finish(0); }
};

template <class Machine>
void checkpoint_twice(Sim& sim) {
  Machine checkpoint(sim.open("database"));
  sim.survives({.errors = true, .refusals = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return checkpoint.run(); }));
    sim.expect(!checkpoint.dirty(), "the pages are clean");
  });
  sim.run();
}

CANARY("corpus/progress/parent-not-told", "deadlock", checkpoint_twice<CallsTheCallback>,
       checkpoint_twice<FinishesTheGroup>);

}  // namespace
}  // namespace reprise::corpus::parent_not_told
