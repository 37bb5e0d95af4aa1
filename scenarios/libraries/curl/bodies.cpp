// libcurl gets the bodies that a small HTTP server sends: with a length, in chunks, or up to the
// end of the connection. What comes is what was sent, or there is a clean error.
#include "scenarios/libraries/curl/downloads.h"

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <curl/curl.h>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::libraries::curl {
namespace {

constexpr std::uint32_t transfers_max = 4;
constexpr std::array<std::string_view, 3> kinds = {"length", "chunks", "end"};

/// The body of "/chunks/17" has 17 bytes.
struct Page {
  std::string_view kind;
  std::size_t size = 0;

  std::string path() const { return '/' + std::string(kind) + '/' + std::to_string(size); }
};

Page page_at(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return {path.substr(1, slash - 1), std::stoul(std::string(path.substr(slash + 1)))};
}

std::string in_chunks(Sim& sim, std::string_view body) {
  std::string text;
  while (!body.empty()) {
    const std::string_view part = body.substr(0, 1 + sim.choose("chunk", 20));
    constexpr std::string_view digits = "0123456789abcdef";
    text += {digits[part.size() / 16], digits[part.size() % 16]};
    text += "\r\n" + std::string(part) + "\r\n";
    body.remove_prefix(part.size());
  }
  return text + "0\r\n\r\n";
}

std::string answer_to(Sim& sim, const Page& page) {
  const std::string body = text_of(page.size);
  const std::string head = "HTTP/1.1 200 OK\r\n";
  if (page.kind == "length") {
    return head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  if (page.kind == "chunks") {
    return head + "Transfer-Encoding: chunked\r\n\r\n" + in_chunks(sim, body);
  }
  return head + "Connection: close\r\n\r\n" + body;
}

/// The path that the next request asks for; empty if the connection ends.
std::string next_request(Sim& sim, Stream& stream) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = network::receive(sim, stream, 1);
    if (byte.empty()) return {};
    head += byte;
  }
  const std::size_t begin = head.find(' ') + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

struct Server {
  bool cut_heads_must_fail = false;
  bool may_break_off = false;  // once
  std::string cut = {};        // the path whose answer has broken off
  bool cuts_head = false;

  void serve(Sim& sim, Stream& stream) {
    for (std::string path = next_request(sim, stream); !path.empty();
         path = next_request(sim, stream)) {
      const Page page = page_at(path);
      std::string answer = answer_to(sim, page);
      const bool breaks_off = may_break_off && cut.empty() && sim.flip("breaks off");
      if (breaks_off) {
        const auto size = static_cast<std::uint32_t>(answer.size());
        const std::uint32_t left = sim.choose("bytes before it breaks off", size);
        cut = path;
        cuts_head = left < answer.find("\r\n\r\n") + 4;
        answer.resize(left);
      }
      if (!network::send_all(sim, stream, answer) || breaks_off || page.kind == "end") break;
      if (sim.flip("the server closes between requests")) break;
    }
    end_stream(sim, stream);
  }
};

struct Transfer {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{curl_easy_init(), &curl_easy_cleanup};
  Page page;
  std::string body;

  void begin(Sim& sim) {
    page = {kinds[sim.choose("kind", kinds.size())], sim.choose("bytes", 200)};
    curl_easy_setopt(easy.get(), CURLOPT_URL, ("http://127.0.0.1:7000" + page.path()).c_str());
    curl_easy_setopt(easy.get(), CURLOPT_BUFFERSIZE, 1024L);
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_PRIVATE, this);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &Transfer::receive);
  }
  static std::size_t receive(char* bytes, std::size_t size, std::size_t count, void* self) {
    static_cast<Transfer*>(self)->body.append(bytes, size * count);
    return size * count;
  }
};

void finish(Sim& sim, const Server& server, CURL* easy, CURLcode result, bool is_lossy) {
  Transfer* transfer = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
  const bool is_cut = server.cut == transfer->page.path();
  const std::string sent = text_of(transfer->page.size);
  sim.expect(sent.starts_with(transfer->body), "what came was sent");
  if (result != CURLE_OK) {
    sim.expect(is_lossy || is_cut, std::string("it works: ") + curl_easy_strerror(result));
    return;
  }
  // Where only the end says how long it is, nobody can tell an early end from the right one.
  if (transfer->page.kind == "end" && is_cut) return;
  // A connection that ends in the middle of the head is taken for an empty body.
  if (is_cut && server.cuts_head && !server.cut_heads_must_fail) return;
  sim.expect_eq(transfer->body, sent, "the body");
  sim.reached("a body");
}

void get(Sim& sim, const Server& server, bool is_lossy) {
  Downloads downloads(sim);
  curl_multi_setopt(downloads.multi(), CURLMOPT_MAX_TOTAL_CONNECTIONS,
                    long{1 + sim.choose("connections", transfers_max)});
  std::vector<std::unique_ptr<Transfer>> transfers;
  for (std::uint32_t left = 1 + sim.choose("transfers", transfers_max); left > 0; --left) {
    transfers.push_back(std::make_unique<Transfer>());
    transfers.back()->begin(sim);
    curl_multi_add_handle(downloads.multi(), transfers.back()->easy.get());
  }
  int left = 0;
  while (downloads.step() > 0) {
  }
  while (const CURLMsg* const message = curl_multi_info_read(downloads.multi(), &left)) {
    finish(sim, server, message->easy_handle, message->data.result, is_lossy);
  }
  for (const auto& transfer : transfers) {
    curl_multi_remove_handle(downloads.multi(), transfer->easy.get());
  }
}

SCENARIO("libraries/curl") {
  curl_global_init(CURL_GLOBAL_NOTHING);
  const bool is_lossy = sim.flip("connections may be lost");
  sim.survives({.short_io = true, .connections = is_lossy});
  sim.connection_capacity(500 - sim.choose("less capacity", 490));
  Server server{.cut_heads_must_fail = sim.option("known-bugs", 0) != 0,
                .may_break_off = sim.flip("the server may break off")};
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  for (std::uint32_t number = 0; number < transfers_max; ++number) {
    sim.task("server", number, [&] {
      for (;;) {
        if (const auto stream = network::accept(sim, sim.io(), *door)) server.serve(sim, *stream);
      }
    });
  }
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets of libcurl", [sockets] { return sockets.open(); });
  sim.task("client", [&] { get(sim, server, is_lossy); });
  sim.run();
  curl_global_cleanup();
}

}  // namespace
}  // namespace reprise::libraries::curl
