#include "tests/bench/real_ios.h"

#include <fmt/format.h>
#include <reprise/core/await.h>
#include <reprise/core/back_end/loop.h>
#include <reprise/core/back_end/posix.h>
#include <reprise/core/back_end/uring.h>
#include <reprise/core/back_end/worker_pool.h>
#include <sys/eventfd.h>
#if __has_include(<liburing.h>)
#include <liburing.h>
#endif

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <utility>

#include "tests/bench/child.h"
#include "tests/bench/instructions.h"
#include "tests/bench/meter.h"
#include "tests/bench/real_file.h"

namespace reprise::bench {

namespace {

constexpr unsigned threads = 4;

// A way to make I/Os; it makes so many, and waits for them.
class Way {
 public:
  virtual ~Way() = default;
  virtual void make(std::uint64_t count) = 0;
};

// What the ways on a back end share.
class OnBackEnd : public Way {
 public:
  OnBackEnd(Result<std::unique_ptr<BackEnd>> io, bool writes)
      : io_(std::move(io).value()), file_(io_->open(real_.path()).value()), writes_(writes) {
    for (Buffer& buffer : buffers_) buffer = Buffer::allocate(block_bytes, block_bytes);
  }

 protected:
  BackEnd& io() { return *io_; }
  Completion submit(std::size_t slot, CompletionCallback callback) {
    return file_->submit({.kind = writes_ ? IOKind::write : IOKind::read,
                          .offset = offsets_.next(),
                          .buffers = {&buffers_[slot], 1},
                          .path = {},
                          .new_path = {},
                          .callback = std::move(callback)});
  }

 private:
  RealFile real_;
  std::unique_ptr<BackEnd> io_;
  std::unique_ptr<File> file_;
  bool writes_;
  RandomOffsets offsets_;
  std::array<Buffer, depth> buffers_;
};

class Callbacks final : public OnBackEnd {
 public:
  using OnBackEnd::OnBackEnd;

  void make(std::uint64_t count) override {
    left_ = count;
    for (std::size_t slot = 0; slot < depth && left_ != 0; ++slot) start(slot);
    while (io().in_flight() != 0) io().turn(BackEnd::Wait::until_event);
  }

 private:
  void start(std::size_t slot) {
    --left_;
    submit(slot, [this, slot](const Completion& ended) {
      if (ended.result() != block_bytes) std::abort();
      if (left_ != 0) start(slot);
    });
  }

  std::uint64_t left_ = 0;
};

class Machines final : public OnBackEnd {
 public:
  using OnBackEnd::OnBackEnd;

  void make(std::uint64_t count) override {
    Loop loop(io());
    left_ = count;
    for (std::size_t slot = 0; slot < depth; ++slot) {
      loop.spawn([this, slot] { return step(slot); }, [](const Result<Unit>&) {});
    }
    if (loop.run() != Loop::End::done) std::abort();
  }

 private:
  IOResult<Unit> step(std::size_t slot) {
    Completion& pending = pending_[slot];
    if (pending && std::exchange(pending, {}).result() != block_bytes) std::abort();
    if (left_ == 0) return Unit{};
    --left_;
    pending = submit(slot, {});
    IO_YIELD_ONE(pending);
  }

  std::uint64_t left_ = 0;
  std::array<Completion, depth> pending_;
};

#if __has_include(<liburing.h>)
class Liburing final : public Way {
 public:
  explicit Liburing(bool writes) : writes_(writes), memory_(depth * block_bytes) {
    constexpr unsigned flags =
        IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
    if (io_uring_queue_init(256, &ring_, flags) != 0) std::abort();
  }
  ~Liburing() override { io_uring_queue_exit(&ring_); }

  void make(std::uint64_t count) override {
    std::uint64_t left = count;
    std::uint64_t in_flight = std::min<std::uint64_t>(depth, left);
    for (std::size_t slot = 0; slot < in_flight; ++slot) start(slot);
    left -= in_flight;
    while (in_flight != 0) {
      io_uring_submit_and_wait(&ring_, 1);
      unsigned head = 0;
      unsigned ended = 0;
      io_uring_cqe* cqe = nullptr;
      io_uring_for_each_cqe(&ring_, head, cqe) {
        ++ended;
        if (cqe->res != block_bytes) std::abort();
        if (left == 0) {
          --in_flight;
        } else {
          --left;
          start(cqe->user_data);
        }
      }
      io_uring_cq_advance(&ring_, ended);
    }
  }

 private:
  void start(std::size_t slot) {
    io_uring_sqe* const sqe = io_uring_get_sqe(&ring_);
    io_uring_prep_rw(writes_ ? IORING_OP_WRITE : IORING_OP_READ, sqe, file_.fd(),
                     memory_.data() + slot * block_bytes, block_bytes, offsets_.next());
    sqe->user_data = slot;
  }

  RealFile file_;
  bool writes_;
  std::vector<std::byte> memory_;
  RandomOffsets offsets_;
  io_uring ring_{};
};
#endif

class BareThreads final : public Way {
 public:
  explicit BareThreads(bool writes) : memory_(depth * block_bytes) {
    for (std::size_t slot = 0; slot < depth; ++slot) {
      internal::SystemCall& call = jobs_[slot].call;
      call.kind = writes ? IOKind::write : IOKind::read;
      call.fd = file_.fd();
      call.parts = {{memory_.data() + slot * block_bytes, block_bytes}};
    }
  }

  void make(std::uint64_t count) override {
    std::uint64_t left = count;
    std::uint64_t in_flight = std::min<std::uint64_t>(depth, left);
    for (std::size_t slot = 0; slot < in_flight; ++slot) start(jobs_[slot]);
    left -= in_flight;
    while (in_flight != 0) {
      pool_.hand_over();
      internal::JobList ended = pool_.take_ended();
      if (ended.empty() && pool_.arm()) {
        eventfd_t wakes = 0;
        eventfd_read(pool_.wake_fd(), &wakes);
        ended = pool_.take_ended();
      }
      while (!ended.empty()) {
        internal::Job& job = ended.pop();
        if (job.answer != block_bytes) std::abort();
        if (left == 0) {
          --in_flight;
        } else {
          --left;
          start(job);
        }
      }
    }
  }

 private:
  void start(internal::Job& job) {
    job.call.offset = offsets_.next();
    pool_.add(job);
  }

  RealFile file_;
  std::vector<std::byte> memory_;
  RandomOffsets offsets_;
  std::array<internal::Job, depth> jobs_;
  internal::WorkerPool pool_{threads, eventfd(0, EFD_CLOEXEC)};
};

class Plain final : public Way {
 public:
  explicit Plain(bool writes) : writes_(writes), memory_(block_bytes) {}

  void make(std::uint64_t count) override {
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto offset = static_cast<off_t>(offsets_.next());
      const ssize_t moved = writes_ ? ::pwrite(file_.fd(), memory_.data(), block_bytes, offset)
                                    : ::pread(file_.fd(), memory_.data(), block_bytes, offset);
      if (moved != block_bytes) std::abort();
    }
  }

 private:
  RealFile file_;
  bool writes_;
  std::vector<std::byte> memory_;
  RandomOffsets offsets_;
};

struct NamedWay {
  const char* name;
  bool needs_ring;
  std::unique_ptr<Way> (*make)(bool writes);
};
constexpr NamedWay ways[] = {
    {"io_uring machines", true,
     [](bool writes) -> std::unique_ptr<Way> {
       return std::make_unique<Machines>(make_uring_io(), writes);
     }},
    {"io_uring back end", true,
     [](bool writes) -> std::unique_ptr<Way> {
       return std::make_unique<Callbacks>(make_uring_io(), writes);
     }},
#if __has_include(<liburing.h>)
    {"liburing directly", true,
     [](bool writes) -> std::unique_ptr<Way> { return std::make_unique<Liburing>(writes); }},
#endif
    {"posix machines", false,
     [](bool writes) -> std::unique_ptr<Way> {
       return std::make_unique<Machines>(make_posix_io({threads}), writes);
     }},
    {"posix back end", false,
     [](bool writes) -> std::unique_ptr<Way> {
       return std::make_unique<Callbacks>(make_posix_io({threads}), writes);
     }},
    {"its threads alone", false,
     [](bool writes) -> std::unique_ptr<Way> { return std::make_unique<BareThreads>(writes); }},
    {"pread and pwrite", false,
     [](bool writes) -> std::unique_ptr<Way> { return std::make_unique<Plain>(writes); }},
};

constexpr std::uint64_t thousand = 1000;

std::string full_name(const NamedWay& way, bool writes) {
  return std::string(way.name) + (writes ? " (write)" : " (read)");
}

// Thousands a second by the clock on the wall.
double speed_of(const NamedWay& way, bool writes) {
  const std::unique_ptr<Way> ios = way.make(writes);
  ios->make(20 * thousand);
  std::vector<double> rounds;
  for (int round = 0; round < 3; ++round) {
    const double begin = wall_seconds_now();
    ios->make(50 * thousand);
    rounds.push_back(50 / (wall_seconds_now() - begin));
  }
  return median(rounds);
}

std::string instructions_of(const NamedWay& way, bool writes) {
  const auto count = count_instructions({own_program(), full_name(way, writes), 5, 25, thousand});
  return count.ok() ? std::to_string(count.value()) : "not counted";
}

std::string measure(const NamedWay& way, const std::string& why_no_count) {
  if (way.needs_ring && !make_uring_io().ok()) {
    return fmt::format("  {:<18}  io_uring is not allowed here\n", way.name);
  }
  std::string row = fmt::format("  {:<18}", way.name);
  for (const bool writes : {false, true}) {
    row += fmt::format("  {:>8.0f}  {:>12}", speed_of(way, writes),
                       why_no_count.empty() ? instructions_of(way, writes) : "-");
  }
  return row + "\n";
}

}  // namespace

std::vector<Step> real_io_steps(const std::string& why_no_count) {
  constexpr const char* head =
      "\nreal 4 KiB I/Os at random places of a cached file, 32 in flight: thousands a second, and\n"
      "user-space instructions each\n"
      "                         reads  instructions    writes  instructions\n";
  std::vector<Step> steps;
  for (const NamedWay& way : ways) {
    const bool is_first = steps.empty();
    steps.push_back({way.name, [=] {
                       const std::string row = measure(way, why_no_count);
                       return is_first ? head + row : row;
                     }});
  }
  return steps;
}

bool make_real_ios(std::string_view name, std::uint64_t count) {
  for (const NamedWay& way : ways) {
    for (const bool writes : {false, true}) {
      if (full_name(way, writes) != name) continue;
      way.make(writes)->make(count * thousand);
      return true;
    }
  }
  return false;
}

}  // namespace reprise::bench
