// Submissions: which I/Os the operations of one run have submitted, as far as two runs of one
// workload must agree on them. For schedule-equivalence, which compares them.
#pragma once

#include <reprise/core/io.h>
#include <reprise/core/observer.h>
#include <reprise/sim/names.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// One I/O that an entry of an operation has submitted.
struct Submission {
  NameId name = 0;  // `client/write(db)`
  IOKind kind = IOKind::read;
  std::uint32_t operation = 0;  // of the task, by number from 1
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t bytes = 0;          // digest of what is written
  const AwaitSite* site = nullptr;  // of the call that it was submitted in; null: not known
};

class Submissions {
 public:
  /// Keeps its memory.
  void begin_run() {
    all_.clear();
    comparable_ = true;
  }
  void add(const Submission& submission) {
    constexpr std::size_t kept_max = 65'536;
    if (all_.size() == kept_max) comparable_ = false;
    if (comparable_) all_.push_back(submission);
  }
  /// How much a sound machine submits in this run may depend on timing: it has used a timer, or an
  /// operation has ended with I/O in flight, which the next one finds finished or not.
  void depend_on_timing() { comparable_ = false; }

  bool comparable() const { return comparable_; }
  /// In the order of the run.
  const std::vector<Submission>& all() const { return all_; }

 private:
  std::vector<Submission> all_;
  bool comparable_ = true;
};

}  // namespace reprise
