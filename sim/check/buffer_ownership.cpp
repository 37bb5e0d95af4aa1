// A buffer belongs to the device from submit until the completion has finished. Seen by the store
// watch, at the store itself.
#include <reprise/sim/check/list.h>
#include <reprise/sim/check/seen_access.h>
#include <reprise/sim/world.h>

#include <string>
#include <utility>

namespace reprise {

namespace {

class BufferOwnership final : public Check {
 public:
  explicit BufferOwnership(World& world) : world_(world) {}

  std::string_view name() const override { return "buffer-ownership"; }
  Hooks wants() const override { return hooks(Hook::owned_memory); }

  void owned_memory_used(const OwnedMemory& memory, const MemoryAccess& access,
                         bool is_store) override {
    if (world_.stopped()) return;
    const SeenAccess seen(world_, access);
    if (seen.is_benign()) return;
    const Identity io = world_.device().identity_of_owner(memory.owner);
    const std::string io_name(world_.names().text(io.name));
    const std::string what = is_store ? "stored into" : "loaded from";
    Finding finding;
    finding.check = name();
    finding.signature = world_.signature(name(), what + " the buffer of " + io_name);
    finding.message = "the buffer of `" + io_name + "` was " + what + " while it was in flight";
    finding.evidence.push_back("the I/O: `" + io_name + '#' + std::to_string(io.ordinal) + '`');
    finding.evidence.push_back("byte " + std::to_string(access.address - memory.begin) + " of " +
                               std::to_string(memory.size) +
                               (is_store ? " is changed" : " is looked at"));
    if (const Task* const task = world_.current()) {
      finding.evidence.push_back("by task `" + std::string(world_.names().text(task->name)) + '`');
    }
    finding.expected = is_store ? "nobody changes a buffer between submit and completion"
                                : "nobody looks at what is read before the completion has finished";
    finding.help = is_store ? "use a buffer of its own, or wait for the completion first"
                            : "ask `finished()` and `succeeded()` first";
    if (auto place = seen.place(is_store ? "changed here" : "looked at here")) {
      finding.places.push_back(*std::move(place));
    }
    world_.report(std::move(finding));
  }

 private:
  World& world_;
};

}  // namespace

std::unique_ptr<Check> make_buffer_ownership(World& world) {
  return std::make_unique<BufferOwnership>(world);
}

}  // namespace reprise
