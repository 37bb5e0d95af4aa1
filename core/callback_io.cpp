#include <reprise/core/callback_io.h>

#include <reprise/core/internal/open.h>
#include <reprise/core/observer.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

constexpr std::byte poison{0xDB};

}  // namespace

Completion CallbackIO::read(File& file, std::uint64_t offset, std::span<std::byte> to, Done done) {
  if (observer() != nullptr) std::ranges::fill(to, poison);
  const Buffer buffer = Buffer::allocate(to.size());
  return start(file.pread(offset, buffer), std::move(done), buffer, to);
}

Completion CallbackIO::write(File& file, std::uint64_t offset, std::span<const std::byte> from,
                             Done done) {
  const Buffer buffer = Buffer::allocate(from.size());
  std::ranges::copy(from, buffer.bytes().begin());
  return start(file.pwrite(offset, buffer), std::move(done), {}, {});
}

Completion CallbackIO::add(Completion io, Done done) {
  return start(std::move(io), std::move(done), {}, {});
}

Completion CallbackIO::start(Completion io, Done done, Buffer read, std::span<std::byte> to) {
  InFlight& started = ios_.emplace_back(*this, io, std::move(done));
  started.read = std::move(read);
  started.to = to;
  if (io.add_waiter(started)) return io;
  some_has_finished_ = true;
  if (calls_ == Calls::at_once) call_back(started);
  return io;
}

void CallbackIO::call_back(InFlight& io) {
  std::list<InFlight> ended;
  const auto at = std::ranges::find(ios_, &io, [](const InFlight& each) { return &each; });
  ended.splice(ended.begin(), ios_, at);
  some_has_finished_ = true;
  if (any_ && !any_.finished()) any_.finish(0);
  if (!io.io.succeeded()) return io.done(io.io.get_error());
  const std::uint64_t bytes = io.io.result();
  if (!io.to.empty()) std::ranges::copy(io.read.bytes().first(bytes), io.to.begin());
  io.done(bytes);
}

void CallbackIO::begin_entry() {
  some_has_finished_ = false;
  // A callback may submit, or forget all of them.
  for (;;) {
    const auto late =
        std::ranges::find_if(ios_, [](const InFlight& io) { return io.io.finished(); });
    if (late == ios_.end()) break;
    call_back(*late);
  }
  some_has_finished_ = false;
}

Completion CallbackIO::next() {
  if (some_has_finished_) return Completion::done();
  if (ios_.size() == 1) return ios_.front().io;
  if (!any_ || any_.finished()) any_ = pool_.make();
  return any_;
}

}  // namespace reprise
