// Submissions: the I/Os that the operations of a run submitted, as far as two runs of one workload
// must agree on them. The check schedule-equivalence compares them.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/core/observer.h>
#include <reprise/sim/plan/names.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

/// An I/O that an operation submitted in an entry.
struct Submission {
  NameId name = 0;  // `client/write(db)`
  IOKind kind = IOKind::read;
  std::uint32_t operation = 0;  // of the task, by number from 1
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t bytes = 0;          // digest of what is written
  const AwaitSite* site = nullptr;  // of the call that submitted it; null: not known
};

class Submissions {
 public:
  /// Empties the list, but keeps its memory.
  void begin_run() {
    all_.clear();
    sum_ = 0;
    comparable_ = true;
  }
  void add(const Submission& submission) {
    constexpr std::size_t kept_max = 65'536;
    if (all_.size() == kept_max) comparable_ = false;
    if (!comparable_) return;
    all_.push_back(submission);
    sum_ += digest_of(submission);
  }
  /// Makes this run incomparable: even a correct machine may submit more or less depending on
  /// timing, because it used a timer, or because an operation ended with I/O in flight, which the
  /// next may or may not find finished.
  void depend_on_timing() { comparable_ = false; }

  bool comparable() const { return comparable_; }
  /// Whether both have the same submissions, in any order.
  bool same_as(const Submissions& other) const {
    return all_.size() == other.all_.size() && sum_ == other.sum_;
  }
  /// In the order of the run.
  const std::vector<Submission>& all() const { return all_; }

 private:
  static std::uint64_t digest_of(const Submission& submission) {
    std::uint64_t digest = submission.name;
    for (const std::uint64_t part : {std::uint64_t{submission.operation}, submission.offset,
                                     submission.size, submission.bytes}) {
      digest = mix(digest, part);
    }
    return digest;
  }

  std::vector<Submission> all_;
  std::uint64_t sum_ = 0;  // of digests, so that their order does not matter
  bool comparable_ = true;
};

}  // namespace reprise
