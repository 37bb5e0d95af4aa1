// Memory of the code under test that it uses after it has freed it, or frees twice. Seen by the
// store watch: what is freed in a run stays until the run ends. It is told of with the yield
// between, if there is one, since that is where the owner of a pointer did not look again.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/evidence/seen_access.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class HeapLifetime final : public Check {
 public:
  explicit HeapLifetime(RunView& run) : run_(run) {}

  bool needs_store_watch() const override { return true; }

  void run_begins() override {
    entries_.clear();
    entries_.push_back({});
  }

  void entry_begins(TaskId task) override {
    if (!run_.memory().running()) return;
    const Task& entered = run_.task(task);
    run_.memory().set_actor(entries_.size());
    entries_.push_back({task, entered.operations, entered.operation.entries()});
  }
  void entry_ends(TaskId, Answer, const Completion&) override { run_.memory().set_actor(outside); }

  void freed_memory_used(const FreedMemory& memory, const MemoryAccess& access,
                         bool is_store) override {
    if (run_.stopped()) return;
    const SeenAccess used(run_, access);
    if (used.is_benign()) return;
    const std::string what = used.variable_or("memory");
    Finding finding = found(memory, "used after it was freed");
    finding.message = what + " was used after it had been freed";
    finding.evidence.push_back("used by " + user_in_words() + ": " + std::to_string(access.size) +
                               (access.size == 1 ? " byte is " : " bytes are ") +
                               (is_store ? "stored" : "loaded") + ", " +
                               std::to_string(access.address - memory.begin) + " into a block of " +
                               std::to_string(memory.size));
    finding.expected = "nobody uses memory after it has been freed";
    finding.help =
        "clear every pointer to what you free, or free it only when the last one who has a pointer "
        "is done; after a yield, look again whether what you point to is still there";
    add_places(finding, memory, used.place("used here"));
    run_.report(std::move(finding));
  }

  void memory_freed_again(const FreedMemory& memory, const CodeAddress& code) override {
    if (run_.stopped()) return;
    MemoryAccess access;
    access.address = memory.begin;
    access.size = 1;
    access.code = code;
    const SeenAccess again(run_, access);
    if (again.is_benign()) return;
    Finding finding = found(memory, "freed twice");
    finding.message = "memory was freed twice";
    finding.evidence.push_back("freed again by " + user_in_words());
    add_callers(finding, "freed again", again);
    finding.expected = "memory is freed once, by its owner";
    finding.help =
        "let one owner free it, and clear the pointer when it is freed: what runs again, on "
        "re-entry "
        "or on another way out, then finds nothing to free";
    add_places(finding, memory, again.place("freed again here"));
    run_.report(std::move(finding));
  }

 private:
  static constexpr std::uint64_t outside = 0;  // the actor that is no entry

  struct Entry {
    TaskId task = 0;
    std::uint32_t operation = 0;  // of the task
    std::uint32_t number = 0;     // of the operation
  };

  /// The operation whose entry is under way; null if there is none.
  const Task* entered() const {
    const Task* const task = run_.current();
    return task != nullptr && task->operation.in_entry() ? task : nullptr;
  }

  std::string to_text(const Entry& entry) const {
    return "task `" + std::string(run_.names().text(run_.task(entry.task).name)) + "`, in entry " +
           std::to_string(entry.number) + " of its operation number " +
           std::to_string(entry.operation);
  }

  std::string user_in_words() const {
    if (const Task* const task = entered()) {
      return to_text({task->id, task->operations, task->operation.entries()});
    }
    if (const Task* const task = run_.current()) {
      return "task `" + std::string(run_.names().text(task->name)) + "`, outside of an operation";
    }
    return "a callback, or the scenario itself";
  }

  SeenAccess freeing(const FreedMemory& memory) const {
    MemoryAccess access;
    access.code = memory.code;
    return SeenAccess(run_, access);
  }

  /// Memory is often freed by a function that does nothing else.
  static void add_callers(Finding& finding, const std::string& done, const SeenAccess& seen) {
    const std::string callers = seen.callers();
    if (!callers.empty()) finding.evidence.push_back(done + " by way of " + callers);
  }

  Finding found(const FreedMemory& memory, const std::string& what) const {
    const Task* const task = entered();
    const AwaitSite* const site = task == nullptr ? nullptr : task->operation.open_site();
    std::string where = site == nullptr
                            ? std::string()
                            : std::string(" in ") + site->function + '/' + site->expression;
    if (site == nullptr && run_.current() != nullptr) {
      where = " by " + std::string(run_.names().text(run_.current()->name));
    }
    Finding finding;
    finding.check = name();
    finding.signature = run_.signature(name(), without_numbers(what + where));
    finding.evidence.push_back(memory.actor == outside
                                   ? std::string("freed outside of an operation's entry")
                                   : "freed by " + to_text(entries_[memory.actor]));
    add_callers(finding, "freed", freeing(memory));
    return finding;
  }

  /// The three places: freed, the yield between, and used.
  void add_places(Finding& finding, const FreedMemory& memory, std::optional<ShownLocation> use) {
    if (auto place = freeing(memory).place("freed here")) {
      finding.places.push_back(*std::move(place));
    }
    const Task* const task = entered();
    const Entry freed = entries_[memory.actor];
    if (task != nullptr && memory.actor != outside) {
      const bool is_same_operation = freed.task == task->id && freed.operation == task->operations;
      const bool is_same_entry = is_same_operation && freed.number == task->operation.entries();
      const AwaitSite* const site = task->operation.last_yield().site;
      if (is_same_entry) {
        finding.evidence.emplace_back("both in one entry: there is no yield between");
      } else if (site != nullptr && task->operation.entries() > 1) {
        finding.evidence.push_back("between them task `" +
                                   std::string(run_.names().text(task->name)) + "` yielded at `" +
                                   site->expression + '`');
        finding.places.push_back({site->file, site->line, "it yielded here meanwhile"});
      }
    }
    if (use) finding.places.push_back(*std::move(use));
  }

  RunView& run_;
  std::vector<Entry> entries_;  // by actor
};

}  // namespace

std::unique_ptr<Check> make_heap_lifetime(RunView& run) {
  return make_check<HeapLifetime>(run, check_name::heap_lifetime);
}

}  // namespace reprise
