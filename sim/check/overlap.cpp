// Two I/Os in flight that nothing orders: into one buffer, or over one range of a file. Which of
// them comes last is chance. Told when the second one is submitted.
#include <reprise/sim/check/check.h>
#include <reprise/sim/evidence/done_operations.h>
#include <reprise/sim/evidence/run_view.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// Addresses, or bytes of a file: [begin, end).
struct Bounds {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool overlaps(const Bounds& other) const {
    return begin < other.end && other.begin < end && begin < end && other.begin < other.end;
  }
};

Bounds bounds_of(const Buffer& buffer) {
  const std::uint64_t begin = reinterpret_cast<std::uintptr_t>(buffer.data());
  return {begin, begin + buffer.size()};
}

/// Around all of them.
Bounds bounds_of(std::span<const Buffer> buffers) {
  Bounds around;
  for (const Buffer& buffer : buffers) {
    const Bounds bounds = bounds_of(buffer);
    if (bounds.begin == bounds.end) continue;
    around.begin = around.begin == around.end ? bounds.begin : std::min(around.begin, bounds.begin);
    around.end = std::max(around.end, bounds.end);
  }
  return around;
}

bool share_memory(std::span<const Buffer> a, std::span<const Buffer> b) {
  return std::ranges::any_of(a, [&](const Buffer& one) {
    return std::ranges::any_of(
        b, [&](const Buffer& other) { return bounds_of(one).overlaps(bounds_of(other)); });
  });
}

/// What of a file an I/O reads or changes.
Bounds range_of(const SubmittedIO& io) {
  switch (io.kind) {
    case IOKind::read:
    case IOKind::write:
      // Writes at the end have places of their own.
      if (io.offset == SubmittedIO::at_end) return {};
      return {io.offset, io.offset + io.size};
    case IOKind::punch_hole: return {io.offset, io.offset + io.size};
    case IOKind::truncate: return {io.size, UINT64_MAX};
    default: return {};
  }
}

bool fills_buffer(IOKind kind) {
  return kind == IOKind::read || kind == IOKind::recv || kind == IOKind::recv_from;
}

bool changes_file(IOKind kind) {
  return kind == IOKind::write || kind == IOKind::truncate || kind == IOKind::punch_hole;
}

/// The part of a write's bytes that goes to `range` of the file.
std::vector<std::byte> bytes_for(const SubmittedIO& io, std::span<const Buffer> buffers,
                                 const Bounds& range) {
  std::vector<std::byte> bytes;
  std::uint64_t at = io.offset;
  for (const Buffer& buffer : buffers) {
    const std::uint64_t begin = std::clamp(range.begin, at, at + buffer.size()) - at;
    const std::uint64_t end = std::clamp(range.end, at, at + buffer.size()) - at;
    bytes.insert(bytes.end(), buffer.data() + begin, buffer.data() + end);
    at += buffer.size();
  }
  return bytes;
}

class Overlap final : public Check {
 public:
  explicit Overlap(RunView& run) : run_(run) {}

  void run_begins() override { flights_.clear(); }
  void run_ends() override { flights_.clear(); }
  void power_lost(NodeId node) override {
    std::erase_if(flights_, [&](const Known& known) { return run_.node_at(known.slot) == node; });
  }

  void flight_begins(const InFlight& flight) override {
    const Task* const task = run_.current();
    const bool in_entry = task != nullptr && task->operation.in_entry();
    const Bounds range = range_of(flight.io);
    const Bounds memory = bounds_of(flight.buffers);
    if (range.begin == range.end && memory.begin == memory.end) return;
    const AwaitSite* const site = in_entry ? task->operation.open_site() : nullptr;
    flights_.push_back({flight.io, flight.slot, flight.inode, range, memory, site});
    const Known& second = flights_.back();
    for (const Known& first : std::span(flights_).first(flights_.size() - 1)) {
      compare(first, second);
    }
    // The oldest of many in flight is no longer looked at: each costs every submit its share.
    constexpr std::size_t looked_at_max = 128;
    if (flights_.size() > looked_at_max) flights_.erase(flights_.begin());
  }

  void flight_ends(std::uint32_t slot) override {
    const auto ended = std::ranges::find(flights_, slot, &Known::slot);
    if (ended != flights_.end()) flights_.erase(ended);
  }

 private:
  struct Known {
    SubmittedIO io;
    std::uint32_t slot = 0;
    InodeId inode = 0;
    Bounds range;
    Bounds memory;                    // around its buffers
    const AwaitSite* site = nullptr;  // of the call that it was submitted in
  };

  void compare(const Known& first, const Known& second) {
    if (first.memory.overlaps(second.memory)) compare_memory(first, second);
    const bool is_same_device = Device::number_in(first.slot) == Device::number_in(second.slot);
    if (is_same_device && first.inode == second.inode && first.range.overlaps(second.range)) {
      compare_ranges(first, second);
    }
  }

  /// Two writes may take their bytes from one buffer.
  void compare_memory(const Known& first, const Known& second) {
    if (run_.stopped() || !(fills_buffer(first.io.kind) || fills_buffer(second.io.kind)) ||
        !share_memory(run_.buffers_at(first.slot), run_.buffers_at(second.slot))) {
      return;
    }
    const bool both = fills_buffer(first.io.kind) && fills_buffer(second.io.kind);
    Finding finding = found(first, second, both ? "into one buffer" : "with one buffer");
    finding.evidence.push_back(
        both ? "the device fills the same memory from both, the one that takes effect last wins"
             : "what the one takes out of the buffer depends on when the other fills it");
    finding.expected = "a buffer has one I/O at a time";
    finding.help =
        "wait for the first completion before the buffer is used again, after a cancel too; or "
        "give "
        "each I/O a buffer of its own";
    run_.report(std::move(finding));
  }

  void compare_ranges(const Known& first, const Known& second) {
    const bool first_changes = changes_file(first.io.kind);
    const bool second_changes = changes_file(second.io.kind);
    if (run_.stopped() || (!first_changes && !second_changes)) return;
    const bool both = first_changes && second_changes;
    if (!both && may_race(first_changes ? second : first)) return;
    const bool both_write = first.io.kind == IOKind::write && second.io.kind == IOKind::write;
    if (both && first.io.kind == IOKind::truncate && second.io.kind == IOKind::truncate &&
        first.io.size == second.io.size) {
      return;  // either order leaves the same
    }
    if (both_write && same_bytes(first, second)) return;
    if (first.io.kind == IOKind::punch_hole && second.io.kind == IOKind::punch_hole) return;
    Finding finding = found(first, second, "over one range of a file");
    // Who reads without a lock may find out from what it has read.
    if (!both) finding.severity = Severity::note;
    finding.evidence.push_back(
        both ? "what is in the file at the end depends on which of them takes effect last"
             : "what is read depends on which of them takes effect first");
    finding.expected = "I/Os that touch the same bytes wait for each other";
    finding.help =
        "submit the second one when the first has finished, after an error or a cancel too: a "
        "group that has failed may still have others in flight (CompletionGroup::drain)";
    if (!both) {
      finding.help +=
          "; where whoever reads can tell by a version or a checksum whether it is good, say so: "
          "sim.reads_may_race_writes()";
    }
    run_.report(std::move(finding));
  }

  /// Whether it does not matter what this read brings, or its reader can tell.
  bool may_race(const Known& read) const {
    return run_.declared().reads_may_race_writes ||
           run_.completion_at(read.slot).cancel_requested();
  }

  bool same_bytes(const Known& first, const Known& second) const {
    const Bounds common{std::max(first.range.begin, second.range.begin),
                        std::min(first.range.end, second.range.end)};
    return bytes_for(first.io, run_.buffers_at(first.slot), common) ==
           bytes_for(second.io, run_.buffers_at(second.slot), common);
  }

  std::string to_text(const Known& known) const {
    const Bounds range = known.range;
    std::string words = '`' + run_.io_in_words(known.io.identity) + '`';
    if (known.io.kind == IOKind::truncate) {
      words += ": to " + std::to_string(known.io.size) + " bytes";
    } else if (!is_of_network(known.io.kind)) {
      words += ": bytes " + std::to_string(range.begin) + " to " + std::to_string(range.end) +
               " of the file";
    }
    const Task& task = run_.task(known.io.task);
    if (known.io.operation == 0) return words;
    return words + ", by operation " + std::to_string(known.io.operation) + " of task `" +
           std::string(run_.names().text(task.name)) + '`';
  }

  Finding found(const Known& first, const Known& second, std::string_view what) const {
    const std::string first_kind = run_.kind_of_io(first.io.identity);
    const std::string second_kind = run_.kind_of_io(second.io.identity);
    const bool same = first_kind == second_kind;
    const std::string both =
        same ? "two `" + first_kind + '`' : '`' + first_kind + "` and `" + second_kind + '`';
    Finding finding;
    finding.check = name();
    // The order is chance, too.
    finding.signature =
        run_.signature(name(), std::min(first_kind, second_kind) + " and " +
                                   std::max(first_kind, second_kind) + ' ' + std::string(what));
    finding.message = both + " were in flight " + std::string(what) + ", and nothing orders them";
    finding.evidence.push_back("in flight: " + to_text(first));
    finding.evidence.push_back("submitted meanwhile: " + to_text(second));
    add_places(finding, first, second);
    return finding;
  }

  void add_places(Finding& finding, const Known& first, const Known& second) const {
    const auto add = [&](const AwaitSite* site, const char* note) {
      if (site != nullptr) finding.places.push_back({site->file, site->line, note});
    };
    if (run_.submit_places().add(finding, first.io.identity, second.io.identity,
                                 {"the first is submitted here", "the second is submitted here",
                                  "both are submitted here"})) {
      return;
    }
    if (first.site != nullptr && first.site == second.site) {
      add(first.site, "both were submitted in this call");
      return;
    }
    if (first.site != nullptr) {
      add(first.site, "the first was submitted in this call");
    } else if (DoneOperations::is_under_way(run_, first.io)) {
      add(run_.task(first.io.task).operation.last_yield().site,
          "the operation of the first waited here");
    }
    add(second.site, "the second was submitted in this call");
  }

  RunView& run_;
  std::vector<Known> flights_;  // in the order of submission
};

}  // namespace

std::unique_ptr<Check> make_overlap(RunView& run) {
  return make_check<Overlap>(run, check_name::overlap);
}

}  // namespace reprise
