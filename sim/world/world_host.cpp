#include <reprise/sim/world/world_host.h>

#include <reprise/core/digest.h>
#include <reprise/sim/device/buffer_guard.h>
#include <reprise/sim/store_watch/foreign_heap.h>
#include <reprise/sim/world/leave_entry.h>

#include <string>

namespace reprise {

void WorldHost::decided(const RecordedDecision& decision, std::uint64_t key) {
  const Identity& identity = decision.identity;
  if (identity.kind() == DecisionKind::workload) {
    run_.workload_digest = mix(run_.workload_digest, key);
    workload_.push_back(decision);
  }
  if ((kinds(identity.kind()) & fault_kinds) != 0) {
    ++run_.stats.faults;
    parts_.checks.tell<&Check::fault_taken>(identity, decision.value);
  }
  if (run_.is_logged) {
    parts_.log.note("plan", to_string(names(), identity) + ": " +
                                meaning_of(identity.kind(), decision.value, run_.base));
  }
}

/// Without the name of the node if it is the one here.
std::string_view WorldHost::path_here(std::uint32_t index) {
  std::string_view path = path_at(index);
  if (run_.current == nullptr || run_.current->node == 0) return path;
  const std::string_view task = names().text(run_.current->name);
  const std::string_view node = task.substr(0, task.find(':') + 1);
  if (path.starts_with(node)) path.remove_prefix(node.size());
  return path;
}

NameId WorldHost::name_of_io(IOKind kind, std::string_view path, std::uint32_t index) {
  const bool known_file = index != no_index;
  std::string part(to_string(kind));
  if (kind != IOKind::timer) {
    part += '(';
    part += known_file ? path_here(index) : path;
    part += ')';
  }
  const NameId name = names().child(context_name(run_, names()), part);
  if (run_.current != nullptr && (known_file || kind == IOKind::timer)) {
    std::vector<NameId>& kept = run_.current->io_names;
    const std::size_t place = place_of_name(kind, index);
    if (kept.size() <= place) kept.resize(place + 1);
    kept[place] = name;
  }
  return name;
}

std::uint32_t WorldHost::tell_begins(const SubmittedIO& io, std::span<const Buffer> buffers) {
  internal::ForeignHeap::require_outside();
  std::uint32_t operation = 0;
  if (run_.is_logged) {
    const NameId context = context_name(run_, names());
    parts_.log.note(names().text(context), "submits",
                    parts_.view.io_in_words(io.identity, context));
  }
  if (Task* const task = run_.current; task != nullptr) {
    task->spins = 0;
    if (task->operation.in_entry()) {
      if (++run_.ios_in_entry > run_.options->ios_per_entry_max) tell_of_too_many(io.identity);
      operation = task->operations;
    }
  }
  if (run_.is_logged && parts_.memory.running()) {
    parts_.submit_places.keep(io.identity, parts_.debug_info);
  }
  const bool is_alone = run_.is_serial || parts_.view.task_count() == 1;
  if (is_alone && run_.is_observed && run_.stats.faults == 0)
    keep_submission(io, operation, buffers);
  return operation;
}

void WorldHost::tell_of_too_many(const Identity& io) {
  parts_.checks.tell<&Check::too_many_ios>(run_.current->id, io, run_.ios_in_entry);
  leave_entry_if_told(run_);
}

/// For a run of one operation at a time, without faults so far.
void WorldHost::keep_submission(const SubmittedIO& io, std::uint32_t operation,
                                std::span<const Buffer> buffers) {
  if (io.kind == IOKind::timer || is_of_network(io.kind)) submissions_.depend_on_timing();
  if (!submissions_.comparable() || operation == 0) return;
  submissions_.add({io.identity.name, io.kind, operation, io.offset, io.size,
                    io.kind == IOKind::write ? digest_of_bytes(buffers) : 0,
                    run_.current->operation.open_site()});
}

void WorldHost::io_hit(const Identity& io) { parts_.checks.tell<&Check::io_hit>(io); }

void WorldHost::tell_submitted(const SubmittedIO& io, const Completion& completion) {
  if (run_.is_logged) log_io(completion, io.identity);
  if (io.operation != 0) parts_.checks.tell<&Check::io_submitted>(io, completion);
}

void WorldHost::flight_begins(const InFlight& flight) {
  parts_.checks.tell<&Check::flight_begins>(flight);
}

void WorldHost::buffer_changed(const SubmittedIO& io, std::optional<std::uint64_t> first_byte) {
  parts_.checks.tell<&Check::buffer_changed>(io, first_byte);
}

void WorldHost::flight_ends(std::uint32_t world_slot) {
  parts_.checks.tell<&Check::flight_ends>(world_slot);
}

void WorldHost::io_moved(const SubmittedIO& io, const MovedBytes& moved,
                         const Completion& completion) {
  parts_.checks.tell<&Check::io_moved>(io, moved, completion);
}

void WorldHost::io_failed(const SubmittedIO& io, const Completion& completion) {
  if (io.operation != 0) parts_.checks.tell<&Check::io_failed>(io, completion);
}

bool WorldHost::listens_to_flights() const { return parts_.checks.wants(Hook::flight_begins); }
bool WorldHost::listens_to_moved_bytes() const { return parts_.checks.wants(Hook::io_moved); }
bool WorldHost::listens_to_changed_buffers() const {
  return parts_.checks.wants(Hook::buffer_changed);
}

void WorldHost::log_end(const Device& device, const Identity& io, IOError error,
                        std::uint64_t bytes) {
  const std::string io_text = parts_.view.io_in_words(io);
  if (error != IOError::none) {
    parts_.log.note(device.name(), io_text + " has failed: " + to_string(error));
  } else if (device.is_clock()) {
    parts_.log.note(device.name(), io_text + " has fired");
  } else {
    const bool moves_bytes = bytes != 0 || io_text.find("read(") != std::string::npos ||
                             io_text.find("recv(") != std::string::npos;
    parts_.log.note(
        device.name(),
        io_text + " has finished" +
            (moves_bytes ? ": " + std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes") : ""));
  }
}

void WorldHost::log_cancel(const Identity& io, bool is_late) {
  parts_.log.note("asks to cancel " + parts_.view.io_in_words(io, context_name(run_, names())) +
                  (is_late ? ", too late" : ""));
}

}  // namespace reprise
