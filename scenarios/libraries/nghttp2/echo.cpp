// nghttp2: a client sends several requests over one connection, the server answers each with its
// body. Windows are small, data comes in any pieces, the server may go away, memory may run out.
#include "scenarios/libraries/heap.h"
#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <nghttp2/nghttp2.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <string>

namespace reprise::libraries::nghttp2 {
namespace {

/// One request and its answer, as one end knows it.
struct Exchange {
  std::string out = {};
  std::size_t sent = 0;
  std::string in = {};
  std::int64_t ended = -1;  // with this error of HTTP/2
  int closes = 0;
};

struct Peer {
  Sim& sim;
  Stream& stream;
  bool is_server = false;
  std::uint32_t goes_away_after = 0;  // requests; 0: never
  std::map<std::int32_t, Exchange> exchanges = {};
  nghttp2_session* session = nullptr;

  static Peer& of(void* self) { return *static_cast<Peer*>(self); }
  bool all_ended() const {
    return std::ranges::all_of(exchanges, [](const auto& each) { return each.second.ended >= 0; });
  }
};

ssize_t read_body(nghttp2_session*, std::int32_t id, std::uint8_t* to, std::size_t size,
                  std::uint32_t* flags, nghttp2_data_source*, void* self) {
  Exchange& exchange = Peer::of(self).exchanges[id];
  const std::size_t left = exchange.out.size() - exchange.sent;
  const std::size_t count =
      std::min({size, left, 1 + std::size_t{Peer::of(self).sim.choose("data", 99)}});
  std::memcpy(to, exchange.out.data() + exchange.sent, count);
  exchange.sent += count;
  if (count == left) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

nghttp2_nv header(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view of) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(of.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

int answer(nghttp2_session* session, Peer& peer, std::int32_t id) {
  peer.exchanges[id].out = peer.exchanges[id].in;
  const std::array headers = {header(":status", "200")};
  const nghttp2_data_provider body = {{}, read_body};
  const int status = nghttp2_submit_response(session, id, headers.data(), headers.size(), &body);
  if (status != 0 || --peer.goes_away_after != 0) return status;
  return nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR, nullptr, 0);
}

int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
  Peer& peer = Peer::of(self);
  const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                      (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS);
  return is_end && peer.is_server ? answer(session, peer, frame->hd.stream_id) : 0;
}

ssize_t moved_or_why(std::ptrdiff_t moved) {
  if (moved == would_block) return NGHTTP2_ERR_WOULDBLOCK;
  if (moved == is_lost) return NGHTTP2_ERR_CALLBACK_FAILURE;
  if (moved == 0) return NGHTTP2_ERR_EOF;
  return moved;
}

using Callbacks =
    std::unique_ptr<nghttp2_session_callbacks, decltype(&nghttp2_session_callbacks_del)>;

Callbacks make_callbacks() {
  nghttp2_session_callbacks* made = nullptr;
  nghttp2_session_callbacks_new(&made);
  nghttp2_session_callbacks_set_send_callback(
      made, [](nghttp2_session*, const std::uint8_t* bytes, std::size_t size, int, void* self) {
        return moved_or_why(send_some(Peer::of(self).stream, bytes, size));
      });
  nghttp2_session_callbacks_set_recv_callback(
      made, [](nghttp2_session*, std::uint8_t* bytes, std::size_t size, int, void* self) {
        return moved_or_why(receive_some(Peer::of(self).stream, bytes, size));
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      made, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
               std::size_t size, void* self) {
        Peer::of(self).exchanges[id].in.append(reinterpret_cast<const char*>(bytes), size);
        return 0;
      });
  nghttp2_session_callbacks_set_on_stream_close_callback(
      made, [](nghttp2_session*, std::int32_t id, std::uint32_t error, void* self) {
        Exchange& exchange = Peer::of(self).exchanges[id];
        Peer::of(self).sim.expect_eq(++exchange.closes, 1, "how often a stream is closed");
        exchange.ended = error;
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_not_send_callback(
      made, [](nghttp2_session*, const nghttp2_frame* frame, int, void* self) {
        if (frame->hd.type != NGHTTP2_HEADERS) return 0;
        Peer::of(self).exchanges[frame->hd.stream_id].ended = NGHTTP2_REFUSED_STREAM;
        return 0;
      });
  return Callbacks(made, &nghttp2_session_callbacks_del);
}

void submit_requests(Sim& sim, Peer& peer) {
  const std::array headers = {header(":method", "POST"), header(":scheme", "https"),
                              header(":authority", "a"), header(":path", "/")};
  const nghttp2_data_provider body = {{}, read_body};
  for (std::uint32_t left = 1 + sim.choose("requests", 5); left > 0; --left) {
    const std::int32_t id = nghttp2_submit_request(peer.session, nullptr, headers.data(),
                                                   headers.size(), &body, nullptr);
    if (id > 0) peer.exchanges[id].out = text_of(sim.choose("bytes of a body", 300));
  }
}

/// Moves what can be moved, and gives nghttp2's status.
int pump(Peer& peer) {
  int status = nghttp2_session_send(peer.session);
  if (status == 0) status = nghttp2_session_recv(peer.session);
  if (status == 0 && !peer.is_server && peer.all_ended()) {
    status = nghttp2_session_terminate_session(peer.session, NGHTTP2_NO_ERROR);
  }
  return status != 0 ? status : nghttp2_session_send(peer.session);
}

/// Runs a session to its end, and gives nghttp2's status.
int talk(Peer& peer, Heap& heap) {
  nghttp2_mem memory = {
      &heap, [](std::size_t size, void* of) { return static_cast<Heap*>(of)->allocate(size); },
      [](void* block, void* of) { static_cast<Heap*>(of)->release(block); },
      [](std::size_t count, std::size_t size, void* of) {
        void* block = static_cast<Heap*>(of)->allocate(count * size);
        return block == nullptr ? block : std::memset(block, 0, count * size);
      },
      [](void* block, std::size_t size, void* of) {
        return static_cast<Heap*>(of)->resize(block, size);
      }};
  const Callbacks callbacks = make_callbacks();
  const auto make = peer.is_server ? nghttp2_session_server_new3 : nghttp2_session_client_new3;
  int status = make(&peer.session, callbacks.get(), &peer, nullptr, &memory);
  const std::unique_ptr<nghttp2_session, decltype(&nghttp2_session_del)> session(
      status == 0 ? peer.session : nullptr, &nghttp2_session_del);
  if (status != 0) return status;
  const std::array settings = {nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                                                      200 - peer.sim.choose("smaller window", 190)},
                               nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS,
                                                      1 + peer.sim.choose("streams", 5)}};
  status =
      nghttp2_submit_settings(peer.session, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  if (status != 0) return status;
  if (!peer.is_server) submit_requests(peer.sim, peer);
  return peer.sim
      .await_again([&] { return pump(peer); },
                   [&](int now) {
                     const bool sends = nghttp2_session_want_write(peer.session) != 0;
                     const bool receives = nghttp2_session_want_read(peer.session) != 0;
                     if (now != 0 || (!sends && !receives)) return Again::no();
                     return sends ? Again::when_either(peer.stream)
                                  : Again::when_readable(peer.stream);
                   })
      .value();
}

SCENARIO("libraries/nghttp2") {
  sim.survives({.short_io = true, .connections = true});
  Heap server_heap(sim, "server", 100);
  Heap client_heap(sim, "client", 100);
  connect_and_run(
      sim,
      [&](Stream& stream) {
        Peer server{.sim = sim, .stream = stream, .is_server = true};
        server.goes_away_after = sim.choose("goes away after", 4);
        talk(server, server_heap);
      },
      [&](Stream& stream) {
        Peer client{.sim = sim, .stream = stream};
        const int status = talk(client, client_heap);
        for (const auto& [id, exchange] : client.exchanges) {
          if (exchange.ended == NGHTTP2_NO_ERROR) {
            sim.expect_eq(exchange.in, exchange.out, "what came back");
            sim.reached("an answer");
          } else if (status == 0) {
            sim.expect_eq(exchange.ended, NGHTTP2_REFUSED_STREAM, "why there is no answer");
            sim.reached("a refused request");
          }
        }
      });
}

}  // namespace
}  // namespace reprise::libraries::nghttp2
