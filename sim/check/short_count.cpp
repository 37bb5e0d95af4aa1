// A write or read that moved fewer bytes than it was asked to, and nobody who asked how many: the
// rest is missing, and the operation has said Done.
#include <reprise/core/internal/peek.h>
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/done_operations.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class ShortCount final : public Check {
 public:
  explicit ShortCount(RunView& run) : run_(run) {}

  DecisionKinds about() const override { return kinds_that(Effect::cuts_io); }
  Hooks wants(Hooks overridden) const override {
    return run_.faults().short_io ? overridden : overridden & life_hooks;
  }

  void run_begins() override {
    cut_.clear();
    done_.begin_run();
    cut_off_.begin_run();
  }
  void run_ends() override { cut_.clear(); }

  void operation_begins(TaskId task) override { done_.operation_begins(task); }
  void entry_ends(TaskId task, Answer answer, const Completion&) override {
    done_.entry_ends(task, answer);
  }

  void fault_taken(const Identity& what, std::uint32_t) override { cut_off_.fault_taken(what); }

  void io_moved(const SubmittedIO& io, const MovedBytes& moved,
                const Completion& completion) override {
    for (Cut& cut : cut_) {
      if (cut.moved.device == moved.device && cut.inode == moved.inode)
        see_to(cut, io, moved.bytes);
    }
    std::erase_if(cut_, [](const Cut& cut) { return cut.begin >= cut.end; });
    if (!moved.is_cut || io.operation == 0 || completion.cancel_requested()) return;
    const Task& task = run_.task(io.task);
    const AwaitSite* site = nullptr;
    if (DoneOperations::is_under_way(run_, io)) {
      site = task.operation.in_entry() ? task.operation.open_site() : task.operation.yield_site();
    }
    cut_.push_back(
        {io, completion, moved, moved.inode, io.offset + moved.bytes, io.offset + io.size, site});
  }

  /// Until now another operation may have asked, or have written the rest.
  void quiescence() override {
    if (cut_off_.had_one()) return;
    for (const Cut& cut : cut_) {
      if (run_.stopped()) return;
      const bool matters = done_.is_done(cut.io) && cut.moved.device->has_file(cut.inode);
      if (matters && !internal::Peek(cut.completion).is_result_asked()) report(cut);
    }
  }

 private:
  /// What is missing, [begin, end), becomes less as later I/Os move it.
  struct Cut {
    SubmittedIO io;
    Completion completion;
    MovedBytes moved;
    InodeId inode = 0;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    const AwaitSite* site = nullptr;
  };

  static bool takes_bytes(IOKind kind) { return kind == IOKind::write || kind == IOKind::send; }

  /// A later I/O has moved `bytes` of the same file, or of the same connection.
  static void see_to(Cut& cut, const SubmittedIO& io, std::uint64_t bytes) {
    if (io.kind == IOKind::truncate) {
      cut.end = std::min(cut.end, io.size);
      return;
    }
    if (io.kind != IOKind::read && !takes_bytes(io.kind)) return;
    const bool is_same_operation = io.task == cut.io.task && io.operation == cut.io.operation;
    const bool overlaps = io.offset < cut.end && cut.begin < io.offset + bytes;
    // Who reads back what it has written sees by its content whether it is whole.
    const bool reads_back = io.kind == IOKind::read && cut.io.kind == IOKind::write &&
                            is_same_operation && io.offset < cut.end &&
                            cut.begin < io.offset + io.size;
    if (reads_back) cut.end = cut.begin;
    if (io.kind != cut.io.kind || !overlaps) return;
    if (io.kind == IOKind::read && !is_same_operation) return;
    if (io.offset <= cut.begin) {
      cut.begin = std::max(cut.begin, io.offset + bytes);
    } else if (io.offset + bytes >= cut.end) {
      cut.end = io.offset;
    }
  }

  void report(const Cut& cut) {
    const std::string kind = run_.kind_of_io(cut.io.identity);
    const bool writes = takes_bytes(cut.io.kind);
    const std::string counts =
        std::to_string(cut.moved.bytes) + " of " + std::to_string(cut.io.size) + " bytes";
    Finding finding;
    finding.check = name();
    // What nobody has looked at at all, somebody may have been going to look at.
    const bool is_taken_for_whole = writes && internal::Peek(cut.completion).is_outcome_asked();
    finding.severity = is_taken_for_whole ? Severity::error : Severity::note;
    finding.signature = run_.signature(name(), kind);
    finding.message = '`' + kind + "` moved only " + counts +
                      ", nobody asked how many, and its operation said Done";
    finding.evidence.push_back("task `" +
                               std::string(run_.names().text(run_.task(cut.io.task).name)) +
                               "`, its operation number " + std::to_string(cut.io.operation));
    finding.evidence.push_back('`' + run_.io_in_words(cut.io.identity) +
                               "`: " + bytes_in_words(cut.io.size, cut.io.offset) + ", moved " +
                               std::to_string(cut.moved.bytes));
    finding.evidence.push_back(
        std::string(is_taken_for_whole ? "somebody asked succeeded() or get_error(), and " : "") +
        "nobody asked result(), of it or of a group that it is in, and it has no callback");
    if (writes) finding.evidence.push_back("nobody wrote the rest");
    finding.expected = writes ? "an operation says Done when all that it was to write is written"
                              : "whoever reads asks how many bytes there are";
    finding.help =
        writes ? "succeeded() says nothing of the count: compare result() with what was asked, and "
                 "submit the rest, or answer Err; where it does not matter, say so: "
                 "completion.ignore()"
               : "compare result() with what was asked: behind it the buffer has no data";
    run_.submit_places().add(finding, cut.io.identity, '`' + kind + "` is submitted");
    if (cut.site != nullptr) {
      finding.places.push_back(
          {cut.site->file, cut.site->line, "here when `" + kind + "` moved " + counts});
    }
    run_.report(std::move(finding));
  }

  RunView& run_;
  DoneOperations done_;
  CutOff cut_off_;
  std::vector<Cut> cut_;  // in the order of their ends
};

}  // namespace

std::unique_ptr<Check> make_short_count(RunView& run) {
  return make_check<ShortCount>(run, check_name::short_count);
}

}  // namespace reprise
