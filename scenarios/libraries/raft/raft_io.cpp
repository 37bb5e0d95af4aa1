#include "scenarios/libraries/raft/raft_io.h"

#include <reprise/core/digest.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace reprise::libraries::consensus {

// What raft calls.

RaftIO::RaftIO(const Sim::Node& node, Events& events, const Options& options)
    : node_(node),
      events_(events),
      journal_(node, events, options.says_early),
      peers_(node.io(), events),
      workarounds_(!options.has_known_bugs),
      random_(options.seed) {
  functions_.version = 1;
  functions_.impl = this;
  functions_.init = [](raft_io* io, raft_id id, const char*) {
    of(io).id_ = id;
    return 0;
  };
  functions_.close = [](raft_io* io, raft_io_close_cb closed) { of(io).close(closed); };
  functions_.load = [](raft_io* io, raft_term* term, raft_id* vote, raft_snapshot** snapshot,
                       raft_index* first, raft_entry** entries, std::size_t* count) {
    return of(io).load(term, vote, snapshot, first, entries, count);
  };
  functions_.start = [](raft_io* io, unsigned period_ms, raft_io_tick_cb tick,
                        raft_io_recv_cb receive) { return of(io).start(period_ms, tick, receive); };
  functions_.set_term = [](raft_io* io, raft_term term) {
    of(io).journal_.append(record_of_term(term), {});
    return of(io).wait_until_kept();
  };
  functions_.set_vote = [](raft_io* io, raft_id id) {
    of(io).journal_.append(record_of_vote(id), {});
    return of(io).wait_until_kept();
  };
  functions_.send = [](raft_io* io, raft_io_send* request, const raft_message* message,
                       raft_io_send_cb done) { return of(io).send(request, *message, done); };
  functions_.append = [](raft_io* io, raft_io_append* request, const raft_entry* entries,
                         unsigned count, raft_io_append_cb done) {
    return of(io).append(request, entries, count, done);
  };
  functions_.truncate = [](raft_io* io, raft_index from) {
    of(io).journal_.append(record_of_cut(from), {});
    return 0;
  };
  functions_.snapshot_put = [](raft_io* io, unsigned trailing, raft_io_snapshot_put* request,
                               const raft_snapshot* snapshot, raft_io_snapshot_put_cb done) {
    return of(io).put_snapshot(trailing, request, *snapshot, done);
  };
  functions_.snapshot_get = [](raft_io* io, raft_io_snapshot_get* request,
                               raft_io_snapshot_get_cb done) {
    return of(io).get_snapshot(request, done);
  };
  functions_.time = [](raft_io* io) { return raft_time{of(io).ticks_ * of(io).period_ms_}; };
  functions_.random = [](raft_io* io, int low, int high) { return of(io).random(low, high); };
}

int RaftIO::start(unsigned period_ms, raft_io_tick_cb tick, raft_io_recv_cb receive) {
  period_ms_ = period_ms;
  tick_ = tick;
  this->tick();
  const bool listens =
      peers_.start(id_, [this, receive](std::uint64_t from, std::string_view bytes) {
        raft_message message = message_of(bytes);
        sender_ = address_of(from);
        message.server_id = from;
        message.server_address = sender_.c_str();
        workarounds_.begin(raft(), message);
        receive(&functions_, &message);
        workarounds_.end();
      });
  return listens ? 0 : RAFT_IOERR;
}

void RaftIO::close(raft_io_close_cb closed) {
  closed_ = closed;
  if (next_tick_) next_tick_.cancel();
  peers_.close();
  ++requests_;
  events_.post([this] { request_ends(); });
}

void RaftIO::request_ends() {
  if (--requests_ == 0 && closed_ != nullptr) closed_(&functions_);
}

int RaftIO::send(raft_io_send* request, raft_message message, raft_io_send_cb done) {
  if (workarounds_.is_for_nobody()) return RAFT_NOCONNECTION;
  ++requests_;
  workarounds_.correct(message);
  peers_.send(message.server_id, message.server_address, bytes_of(message),
              [this, request, done](Peers::SendEnd end) {
                done(request, end == Peers::SendEnd::sent        ? 0
                              : end == Peers::SendEnd::cancelled ? RAFT_CANCELED
                                                                 : RAFT_NOCONNECTION);
                request_ends();
              });
  return 0;
}

// Time and chance.

void RaftIO::tick() {
  if (closed_ != nullptr) return;
  const std::uint64_t doublings = std::min<std::uint64_t>(ticks_ / ticks_per_doubling, 20);
  const auto period = std::chrono::milliseconds(period_ms_ << doublings);
  next_tick_ = node_.io().timer(period, events_.posts([this](const Completion& done) {
    if (closed_ != nullptr || !done.succeeded()) return;
    ++ticks_;
    tick();
    tick_(&functions_);
  }));
}

int RaftIO::random(int low, int high) {
  random_ = mix(random_, id_);
  const auto range = static_cast<std::uint64_t>(std::max(high - low, 1));
  return low + static_cast<int>((random_ >> 32) * range >> 32);
}

// What must not be forgotten.

int RaftIO::wait_until_kept() { return journal_.wait() ? 0 : RAFT_IOERR; }

std::string RaftIO::first_journal(const raft_configuration& configuration) {
  raft_entry entry{};
  entry.term = 1;
  entry.type = RAFT_CHANGE;
  raft_configuration_encode(&configuration, &entry.buf);
  const std::string bytes =
      Journal::image(record_of_term(1)) + Journal::image(record_of_entries(&entry, 1));
  raft_free(entry.buf.base);
  return bytes;
}

int RaftIO::append(raft_io_append* request, const raft_entry* entries, unsigned count,
                   raft_io_append_cb done) {
  ++requests_;
  workarounds_.accept();
  journal_.append(record_of_entries(entries, count), [this, request, done](bool is_kept) {
    done(request, is_kept ? 0 : RAFT_IOERR);
    request_ends();
  });
  return 0;
}

int RaftIO::put_snapshot(unsigned trailing, raft_io_snapshot_put* request,
                         const raft_snapshot& snapshot, raft_io_snapshot_put_cb done) {
  std::string data;
  for (unsigned i = 0; i < snapshot.n_bufs; ++i) data += text_of(snapshot.bufs[i]);
  const StoredSnapshot kept{snapshot.index, snapshot.term, bytes_of(snapshot.configuration),
                            snapshot.configuration_index, data};
  ++requests_;
  workarounds_.accept();
  journal_.append(record_of_snapshot(kept, trailing), [this, request, done, kept, trailing,
                                                       buffers = snapshot.bufs](bool is_kept) {
    if (is_kept) snapshot_ = kept;
    raft_buffer* const forgotten = workarounds_.forgotten(raft(), trailing, buffers);
    workarounds_.begin_snapshot(raft());
    done(request, is_kept ? 0 : RAFT_IOERR);
    workarounds_.end_snapshot();
    raft_free(forgotten);
    request_ends();
  });
  return 0;
}

int RaftIO::get_snapshot(raft_io_snapshot_get* request, raft_io_snapshot_get_cb done) {
  ++requests_;
  events_.post([this, request, done] {
    done(request, snapshot_ ? make_snapshot(*snapshot_) : nullptr, snapshot_ ? 0 : RAFT_NOTFOUND);
    request_ends();
  });
  return 0;
}

raft_snapshot* RaftIO::make_snapshot(const StoredSnapshot& from) const {
  auto* const snapshot = static_cast<raft_snapshot*>(raft_malloc(sizeof(raft_snapshot)));
  *snapshot = {
      from.index, from.term, configuration_of(from.configuration), from.configuration_index,
      nullptr,    1};
  snapshot->bufs = static_cast<raft_buffer*>(raft_malloc(sizeof(raft_buffer)));
  *snapshot->bufs = buffer_of(from.data);
  return snapshot;
}

int RaftIO::load(raft_term* term, raft_id* vote, raft_snapshot** snapshot, raft_index* first,
                 raft_entry** entries, std::size_t* count) {
  if (!journal_.recover([this](std::string_view record) { stored_.see(record); })) {
    return RAFT_IOERR;
  }
  *term = stored_.term;
  *vote = stored_.vote;
  *first = stored_.first;
  snapshot_ = std::move(stored_.snapshot);
  *snapshot = snapshot_ ? make_snapshot(*snapshot_) : nullptr;
  BytesOut all;
  for (const StoredEntry& entry : stored_.entries) {
    all.number(entry.term).number(entry.type).text(entry.data);
  }
  BytesIn in(all.bytes());
  *count = stored_.entries.size();
  *entries = take_entries(in, *count);
  workarounds_.separate(*entries, *count);
  stored_ = {};
  return 0;
}

}  // namespace reprise::libraries::consensus
