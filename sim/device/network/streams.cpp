// The Listeners and Streams of Sockets, and the calls on them that do not wait.
#include <reprise/core/assert.h>
#include <reprise/sim/device/device_host.h>
#include <reprise/sim/device/network/sockets.h>
#include <reprise/sim/operation/task.h>

#include <algorithm>
#include <string>
#include <utility>

namespace reprise {

// They may outlive the run, or the process of their node, that they are of: then they stand for
// nothing, and do nothing when they are destroyed.

class Sockets::Door final : public Listener {
 public:
  Door(Sockets& sockets, std::uint32_t number, std::string address)
      : sockets_(sockets),
        number_(number),
        run_(sockets.run_),
        address_(std::move(address)),
        path_(sockets.host().path_index(address_)) {}
  ~Door() override {
    if (run_ == sockets_.run_) sockets_.close_listener(number_);
  }

  std::string address() const override { return address_; }
  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(request.kind == IOKind::accept || request.kind == IOKind::ready,
                   "a listener accepts, or waits until it can, and nothing else");
    if (run_ != sockets_.run_) return sockets_.refuse_gone(request);
    return sockets_.submit(request, Target::listener(number_), path_);
  }
  bool has_backlog() const {
    return run_ == sockets_.run_ && !sockets_.backlogs_[number_].ends.empty();
  }
  EndRef take_first() const {
    std::deque<EndRef>& ends = sockets_.backlogs_[number_].ends;
    const EndRef first = ends.front();
    ends.pop_front();
    return first;
  }

 private:
  Sockets& sockets_;
  std::uint32_t number_;
  std::uint32_t run_;
  std::string address_;
  std::uint32_t path_;
};

class Sockets::Plug final : public Stream {
 public:
  Plug(Sockets& sockets, EndRef end)
      : sockets_(sockets),
        end_(end),
        run_(sockets.run_),
        path_(sockets.host().path_index(sockets.network().address(end))) {}
  ~Plug() override {
    if (run_ == sockets_.run_) sockets_.close(end_);
  }

  Result<std::uint64_t> try_recv(std::span<std::byte> into) override {
    if (run_ != sockets_.run_) return IOError::bad_file;
    return sockets_.try_now(end_, IOKind::recv, into, path_);
  }
  Result<std::uint64_t> try_send(std::span<const std::byte> bytes) override {
    if (run_ != sockets_.run_) return IOError::bad_file;
    // Nothing is written there.
    const std::span same(const_cast<std::byte*>(bytes.data()), bytes.size());
    return sockets_.try_now(end_, IOKind::send, same, path_);
  }
  bool is_ready(Readiness readiness) const {
    return run_ != sockets_.run_ || sockets_.is_ready(end_, readiness);
  }
  Completion submit(IORequest&& request) override {
    REPRISE_ASSERT(is_of_network(request.kind) && request.kind != IOKind::accept &&
                       request.kind != IOKind::connect,
                   "a stream receives, sends, waits and closes; the rest is another's");
    if (run_ != sockets_.run_) return sockets_.refuse_gone(request);
    return sockets_.submit(request, Target::of(end_), path_);
  }

 private:
  Sockets& sockets_;
  EndRef end_;
  std::uint32_t run_;
  std::uint32_t path_;
};

Completion Sockets::refuse_gone(IORequest& request) {
  return host().pool().refused(IOError::bad_file, std::move(request.callback));
}

Result<std::string> Sockets::own_address(std::string_view address) {
  std::string full = full_address(address);
  if (full.ends_with(":0")) {
    constexpr std::uint32_t first_free_port = 49'152;
    full.pop_back();
    full += std::to_string(first_free_port + next_port_++);
  }
  if (full.substr(0, full.rfind(':') + 1) != (prefix_.empty() ? ":" : prefix_)) {
    return IOError::address_not_available;
  }
  return full;
}

Result<std::unique_ptr<Listener>> Sockets::listen(std::string_view address) {
  if (is_off_) return IOError::io;
  Result<std::string> own = own_address(address);
  if (!own.ok()) return own.error();
  std::string full = std::move(own).value();
  if (network().has_listener(full)) return IOError::address_in_use;
  name_node();
  const auto number = static_cast<std::uint32_t>(backlogs_.size());
  backlogs_.push_back({full, {}});
  network().set_listener(full, this, number);
  return std::unique_ptr<Listener>(std::make_unique<Door>(*this, number, std::move(full)));
}

void Sockets::close_listener(std::uint32_t number) {
  Backlog& backlog = backlogs_[number];
  network().set_listener(backlog.address, nullptr, 0);
  for (const EndRef end : std::exchange(backlog.ends, {})) network().close(end);
  cancel_all(Target::listener(number));
}

Completion Sockets::connect(IORequest& request) {
  const std::string full = full_address(request.path);
  request.path = full;
  name_node();
  return submit(request, {}, host().path_index(full));
}

std::unique_ptr<Stream> Sockets::take_stream(const Completion& made) {
  const auto at = std::ranges::find(made_, made.id(), &MadeEnd::completion);
  REPRISE_ASSERT(at != made_.end(),
                 "a connect() or an accept() has succeeded, and its stream was not taken yet");
  const EndRef end = at->end;
  made_.erase(at);
  return std::make_unique<Plug>(*this, end);
}

bool Sockets::others_wait(IOKind kind, const Target& target) const {
  return std::ranges::any_of(waiting_, [&](std::uint32_t slot) {
    return flights_[slot].io.kind == kind && flights_[slot].target == target;
  });
}

bool Sockets::is_ready(const Stream& stream, Readiness readiness) {
  return static_cast<const Plug&>(stream).is_ready(readiness);
}

bool Sockets::has_backlog(const Listener& listener) const {
  return static_cast<const Door&>(listener).has_backlog();
}

std::unique_ptr<Stream> Sockets::try_accept(const Listener& listener) {
  if (!has_backlog(listener)) return nullptr;
  return std::make_unique<Plug>(*this, static_cast<const Door&>(listener).take_first());
}

bool Sockets::says_would_block(std::uint32_t& in_a_row, const Identity& call) {
  constexpr std::uint32_t in_a_row_max = 8;
  const bool says =
      in_a_row < in_a_row_max && host().decide(call.with(DecisionKind::would_block), 2) != 0;
  in_a_row = says ? in_a_row + 1 : 0;
  return says;
}

void Sockets::note_try(EndRef ref, IOKind kind, bool is_refused) {
  const std::uint64_t event = host().run().stats.events;
  if (std::exchange(refused_at_, event) != event) refused_.clear();
  const auto known = std::ranges::find(refused_, ref, &Refused::end);
  if (known == refused_.end() && !is_refused) return;
  Refused& at = known == refused_.end() ? refused_.emplace_back(Refused{ref}) : *known;
  (kind == IOKind::recv ? at.receive : at.send) = is_refused;
}

bool Sockets::waits_other_way(const IORequest& request, const Target& target) const {
  if (target.kind == Target::Kind::listener) return false;
  if (refused_at_ != host().run().stats.events) return false;
  const auto at = std::ranges::find(refused_, target.end, &Refused::end);
  if (at == refused_.end()) return false;
  return (request.readiness == Readiness::readable && at->send && !at->receive) ||
         (request.readiness == Readiness::writable && at->receive && !at->send);
}

std::string_view Sockets::mistake_in(std::uint32_t slot) {
  const Flight& flight = flights_[slot];
  if (!flight.is_other_way) return {};
  if (flight.readiness == Readiness::readable && can_send(flight.target.end)) {
    return "it waits until it can receive, though it was a send that could not be done at once; "
           "now there is room for one";
  }
  if (flight.readiness == Readiness::writable && can_receive(flight.target.end)) {
    return "it waits until it can send, though it was a receive that could not be done at once; "
           "now something has come";
  }
  return {};
}

Result<std::uint64_t> Sockets::try_now(EndRef ref, IOKind kind, std::span<std::byte> bytes,
                                       std::uint32_t path) {
  const MemoryWatch::Pause own_stores(host().memory());
  if (is_off_ || network().end(ref).is_closed) return IOError::bad_file;
  if (bytes.empty()) return IOError::invalid;
  host().use_network();
  const SubmittedIO call = host().io_begins(kind, {}, path, 0, bytes.size(), {});
  const bool can = kind == IOKind::recv ? can_receive(ref) : can_send(ref);
  const std::size_t place = 2 * std::size_t{ref.connection} + ref.end;
  if (refusals_.size() <= place) refusals_.resize(place + 1);
  const bool is_refused = others_wait(kind, Target::of(ref)) || !can ||
                          says_would_block(refusals_[place], call.identity);
  note_try(ref, kind, is_refused);
  if (is_refused) return IOError::try_again;
  const Buffer buffer = Buffer::borrow(bytes);
  std::uint64_t bytes_max = bytes.size();
  if (bytes_max > 1 && bytes_max <= UINT32_MAX) {
    const std::uint32_t part = host().decide(call.identity.with(DecisionKind::short_io),
                                             static_cast<std::uint32_t>(bytes_max));
    if (part != 0) bytes_max = part;
  }
  const Moved moved = kind == IOKind::recv ? receive(ref, {&buffer, 1}, bytes_max)
                                           : send(ref, {&buffer, 1}, bytes_max);
  host().io_ends(*this, call.identity, moved.error, moved.bytes);
  if (moved.error != IOError::none) return moved.error;
  return moved.bytes;
}

}  // namespace reprise
