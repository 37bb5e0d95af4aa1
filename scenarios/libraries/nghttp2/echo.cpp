// nghttp2: a client sends several requests over one connection, the server answers each with its
// body. Windows are small, data comes in any pieces, the server may go away, memory may run out.
// The client also sends frames of an extension, and one that no client should send.
#include "scenarios/libraries/nghttp2/glue.h"

#include <reprise/reprise.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

namespace reprise::libraries::nghttp2 {
namespace {

using namespace std::literals;

/// A frame as its bytes: three for the length, the type, the flags, four for the stream.
struct RawFrame {
  std::string_view bytes;
  std::uint32_t refusal;  // the error of HTTP/2 that the server answers with
};
constexpr std::array<RawFrame, 8> raw_frames = {{
    {""sv, NGHTTP2_NO_ERROR},
    {"\0\0\4\xee\0\0\0\0\0type"sv, NGHTTP2_NO_ERROR},  // not known: must be ignored
    {"\0\0\7\6\0\0\0\0\0a PING "sv, NGHTTP2_FRAME_SIZE_ERROR},
    {"\0\0\5\4\0\0\0\0\0short"sv, NGHTTP2_FRAME_SIZE_ERROR},     // SETTINGS
    {"\0\0\4\x8\0\0\0\0\0\0\0\0\0"sv, NGHTTP2_PROTOCOL_ERROR},   // a window grows by nothing
    {"\0\0\1\0\0\0\0\0\0D"sv, NGHTTP2_PROTOCOL_ERROR},           // DATA of no stream
    {"\0\0\4\3\0\0\0\0\x63\0\0\0\0"sv, NGHTTP2_PROTOCOL_ERROR},  // RST_STREAM of an idle one
    {"\0\0\1\x9\0\0\0\0\1?"sv, NGHTTP2_PROTOCOL_ERROR},          // CONTINUATION of nothing
}};
constexpr std::uint8_t extension_type = 0x77;
constexpr std::string_view extension_text = "what an extension says";

/// One request and its answer, as one end knows it.
struct Exchange {
  std::string out = {};
  std::size_t sent = 0;
  std::string in = {};
  std::int64_t ended = -1;  // with this error of HTTP/2
  int closes = 0;
};

struct Peer : End {
  bool shows_known_bugs;
  Heap& heap;
  Heap& other_heap;
  bool is_server = false;
  std::uint32_t goes_away_after = 0;  // requests; 0: never
  std::map<std::int32_t, Exchange> exchanges = {};
  RawFrame raw_frame = {};
  std::string_view raw = {};   // what is left to send of it, between frames of the session
  std::string extension = {};  // what has come of the frame under way

  static Peer& of(void* self) { return static_cast<Peer&>(*static_cast<End*>(self)); }
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
  if (frame->hd.type == extension_type) {
    peer.sim.expect_eq(peer.extension, extension_text, "what an extension says");
    peer.sim.reached("a frame of an extension");
    peer.extension.clear();
  }
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    const bool is_refusal = frame->goaway.error_code == peer.raw_frame.refusal;
    if (is_refusal) peer.sim.reached("an invalid frame is refused");
    peer.sim.expect(is_refusal || peer.other_heap.has_failed(), "the other end has a reason to go");
  }
  const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                      (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS);
  return is_end && peer.is_server ? answer(session, peer, frame->hd.stream_id) : 0;
}

void listen(nghttp2_session_callbacks* made) {
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
  nghttp2_session_callbacks_set_pack_extension_callback(
      made, [](nghttp2_session*, std::uint8_t* to, std::size_t, const nghttp2_frame*, void*) {
        std::memcpy(to, extension_text.data(), extension_text.size());
        return static_cast<ssize_t>(extension_text.size());
      });
  nghttp2_session_callbacks_set_on_extension_chunk_recv_callback(
      made, [](nghttp2_session*, const nghttp2_frame_hd*, const std::uint8_t* bytes,
               std::size_t size, void* self) {
        Peer::of(self).extension.append(reinterpret_cast<const char*>(bytes), size);
        return 0;
      });
  nghttp2_session_callbacks_set_unpack_extension_callback(
      made, [](nghttp2_session*, void**, const nghttp2_frame_hd*, void*) { return 0; });
}

void submit_requests(Sim& sim, Peer& peer) {
  const std::array headers = {header(":method", "POST"), header(":scheme", "https"),
                              header(":authority", "a"), header(":path", "/")};
  const nghttp2_data_provider body = {{}, read_body};
  for (std::uint32_t left = 1 + sim.choose("requests", 5); left > 0; --left) {
    const std::int32_t id = nghttp2_submit_request(peer.session, nullptr, headers.data(),
                                                   headers.size(), &body, nullptr);
    if (id > 0) peer.exchanges[id].out = text_of(sim.choose("bytes of a body", 300));
    if (sim.flip("extension")) {
      nghttp2_submit_extension(peer.session, extension_type, NGHTTP2_FLAG_NONE, 0, nullptr);
    }
  }
}

/// Sends what can be sent, and gives nghttp2's status.
int send(Peer& peer) {
  for (;;) {
    const bool is_amid_raw = !peer.raw.empty() && peer.raw.size() < peer.raw_frame.bytes.size();
    if (!is_amid_raw) {
      const int status = nghttp2_session_send(peer.session);
      const bool sends_more = nghttp2_session_want_write(peer.session) != 0;
      if (status != 0 || sends_more || peer.raw.empty()) return status;
    }
    const ssize_t sent = moved_or_why(send_some(peer.stream, peer.raw.data(), peer.raw.size()));
    if (sent < 0) return sent == NGHTTP2_ERR_WOULDBLOCK ? 0 : static_cast<int>(sent);
    peer.raw.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Moves what can be moved, and gives nghttp2's status.
int move(Peer& peer) {
  int status = send(peer);
  if (status == 0) status = nghttp2_session_recv(peer.session);
  if (status == 0 && !peer.is_server && peer.all_ended()) {
    status = nghttp2_session_terminate_session(peer.session, NGHTTP2_NO_ERROR);
  }
  return status != 0 ? status : send(peer);
}

/// The same, but gives up once memory has failed.
int pump(Peer& peer) {
  const int status = move(peer);
  return !peer.shows_known_bugs && peer.heap.has_failed() ? NGHTTP2_ERR_NOMEM : status;
}

/// Runs a session to its end, and gives nghttp2's status.
int talk(Peer& peer) {
  nghttp2_mem memory = on_heap(peer.heap);
  const Callbacks callbacks = make_callbacks();
  listen(callbacks.get());
  nghttp2_option* option = nullptr;
  nghttp2_option_new(&option);
  nghttp2_option_set_user_recv_extension_type(option, extension_type);
  const auto make = peer.is_server ? nghttp2_session_server_new3 : nghttp2_session_client_new3;
  int status = make(&peer.session, callbacks.get(), static_cast<End*>(&peer), option, &memory);
  nghttp2_option_del(option);
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
                   [&](int now) { return again(peer, now, !peer.raw.empty()); })
      .value();
}

SCENARIO("libraries/nghttp2") {
  sim.survives({.short_io = true, .connections = true});
  const bool shows_known_bugs = sim.option("known-bugs", 0) != 0;
  Heap server_heap(sim, "server", 400);
  Heap client_heap(sim, "client", 400);
  connect_and_run(
      sim,
      [&](Stream& stream) {
        Peer server{
            {.sim = sim, .stream = stream}, shows_known_bugs, server_heap, client_heap, true};
        server.goes_away_after = sim.choose("goes away after", 4);
        talk(server);
      },
      [&](Stream& stream) {
        Peer client{{.sim = sim, .stream = stream}, shows_known_bugs, client_heap, server_heap};
        client.raw_frame = raw_frames[sim.choose("raw frame", raw_frames.size())];
        client.raw = client.raw_frame.bytes;
        const int status = talk(client);
        for (const auto& [id, exchange] : client.exchanges) {
          if (exchange.ended == NGHTTP2_NO_ERROR) {
            sim.expect_eq(exchange.in, exchange.out, "what came back");
            sim.reached("an answer");
          } else if (status == 0 && client.raw_frame.refusal == NGHTTP2_NO_ERROR) {
            sim.expect_eq(exchange.ended, NGHTTP2_REFUSED_STREAM, "why there is no answer");
            sim.reached("a refused request");
          }
        }
      });
}

}  // namespace
}  // namespace reprise::libraries::nghttp2
