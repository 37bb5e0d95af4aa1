#include <reprise/core/back_end/blocking_io.h>

#include <reprise/core/internal/open.h>

#include <cerrno>
#include <utility>

namespace reprise {

Completion BlockingIO::submit(const OpenDescriptor& file, IORequest& request) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(flights_.size()));
    Flight& added = flights_.emplace_back();
    added.slot = free_.back();
    added.buffers.reserve(parts_expected);
    added.call.parts.reserve(parts_expected);
  }
  Flight& flight = flights_[free_.back()];
  free_.pop_back();
  flight.file = file;
  flight.buffers.assign(request.buffers.begin(), request.buffers.end());
  SystemCall& call = flight.call;
  call.kind = request.kind;
  call.fd = file.fd();
  call.write_options = request.write_options;
  call.offset = request.offset;
  call.size = request.size;
  call.path = request.path;
  call.new_path = request.new_path;
  set_parts(call.parts, flight.buffers);
  workers_.add(flight);
  flight.completion =
      pool_.make(std::move(request.callback), this, flight.slot, request.byte_count());
  return flight.completion;
}

bool BlockingIO::finish_ended() {
  JobList ended = workers_.take_ended();
  if (ended.empty()) return false;
  while (!ended.empty()) {
    Job& job = ended.pop();
    finish(static_cast<Flight&>(job), job.answer);
  }
  return true;
}

void BlockingIO::cancel_all() {
  for (Flight& flight : flights_) {
    if (const Completion completion = flight.completion; completion) completion.cancel();
  }
}

void BlockingIO::cancel(const Completion&, std::uint64_t token) {
  Flight& flight = flights_[token];
  if (workers_.take_back(flight)) finish(flight, -ECANCELED);
}

void BlockingIO::finish(Flight& flight, std::int64_t answer) {
  const Completion completion = std::exchange(flight.completion, {});
  flight.file = {};
  flight.buffers.clear();
  free_.push_back(flight.slot);
  if (answer < 0) {
    completion.fail(static_cast<IOError>(-answer));
  } else {
    completion.finish(static_cast<std::uint64_t>(answer));
  }
}

}  // namespace reprise
