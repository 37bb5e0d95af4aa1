// A buffer belongs to the device from submit until the completion has finished. The store watch
// sees a store into it, and that it is freed, on the spot; without, its bytes tell when the I/O
// takes effect.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace reprise {

namespace {

class BufferOwnership final : public Check {
 public:
  explicit BufferOwnership(RunView& run) : run_(run) {}

  void owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                         bool is_store) override {
    if (run_.stopped()) return;
    const SeenAccess seen(run_, access);
    if (seen.is_benign()) return;
    const Identity io = run_.io_at(memory.owner);
    const std::string io_name(run_.names().text(io.name));
    const std::string what = is_store ? "stored into" : "loaded from";
    Finding finding = found(io, what);
    finding.message = "the buffer of `" + io_name + "` was " + what + " while it was in flight";
    finding.evidence.push_back("byte " + std::to_string(access.address - memory.begin) + " of " +
                               std::to_string(memory.size) +
                               (is_store ? " is changed" : " is looked at"));
    add_current_task(finding);
    finding.expected = is_store ? "nobody changes a buffer between submit and completion"
                                : "nobody looks at what is read before the completion has finished";
    finding.help = is_store ? "use a buffer of its own, or wait for the completion first"
                            : "ask `finished()` and `succeeded()` first";
    if (auto place = seen.place(is_store ? "changed here" : "looked at here")) {
      finding.places.push_back(*std::move(place));
    }
    run_.report(std::move(finding));
  }

  void buffer_changed(const SubmittedIO& io, std::optional<std::uint64_t> first_byte) override {
    if (run_.stopped()) return;
    const Task& task = run_.task(io.task);
    Finding finding = found(io.identity, "stored into");
    const std::string io_name(run_.names().text(io.identity.name));
    finding.message = "the buffer of `" + io_name + "` was stored into while it was in flight";
    finding.evidence.push_back(
        "submitted by task `" + std::string(run_.names().text(task.name)) + '`' +
        (io.operation == 0 ? std::string()
                           : ", in its operation number " + std::to_string(io.operation)) +
        ": " + bytes_in_words(io.size, io.offset));
    finding.evidence.push_back(
        first_byte ? "byte " + std::to_string(*first_byte) + " of " + std::to_string(io.size) +
                         " was no longer as the device had left it when the I/O took effect"
                   : "when the I/O took effect its bytes were others than at submit");
    const AwaitSite* const site = task.operation.yield_site();
    if (task.in_operation && task.operations == io.operation && site != nullptr) {
      finding.places.push_back({site->file, site->line, "its operation waits here meanwhile"});
    }
    finding.expected = "nobody changes a buffer between submit and completion";
    finding.help =
        "use a buffer of its own, or wait for the completion first; compiled with the store watch, "
        "the finding has the line (`reprise explain store-watch`)";
    run_.report(std::move(finding));
  }

  void owned_memory_freed(const OwnedMemory& memory) override {
    if (run_.stopped()) return;
    const MemoryWatch::Quiet quiet;
    const Identity io = run_.io_at(memory.owner);
    Finding finding = found(io, "freed");
    finding.message = "the buffer of `" + std::string(run_.names().text(io.name)) +
                      "` was freed while it was in flight";
    finding.evidence.push_back("its " + std::to_string(memory.size) +
                               " bytes were borrowed, and nothing kept them alive");
    add_current_task(finding);
    finding.expected = "borrowed memory stays until the completion has finished, cancelled or not";
    finding.help =
        "wait until the completion has finished before the memory goes, after a cancel too; or let "
        "the I/O hold it: Buffer::allocate()";
    run_.report(std::move(finding));
  }

 private:
  Finding found(const Identity& io, const std::string& what) const {
    const std::string io_name(run_.names().text(io.name));
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), what + " the buffer of " + io_name);
    finding.evidence.push_back("the I/O: `" + io_name + '#' + std::to_string(io.ordinal()) + '`');
    return finding;
  }

  void add_current_task(Finding& finding) const {
    if (const Task* const task = run_.current()) {
      finding.evidence.push_back("by task `" + std::string(run_.names().text(task->name)) + '`');
    }
  }

  RunView& run_;
};

}  // namespace

std::unique_ptr<Check> make_buffer_ownership(RunView& run) {
  return make_check<BufferOwnership>(run, check_name::buffer_ownership);
}

}  // namespace reprise
