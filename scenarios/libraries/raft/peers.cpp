#include "scenarios/libraries/raft/peers.h"

#include "scenarios/libraries/raft/bytes.h"

#include <cstring>
#include <iterator>
#include <utility>

namespace reprise::libraries::consensus {

bool Peers::start(std::uint64_t id, Received received) {
  id_ = id;
  received_ = std::move(received);
  auto listening = io_.listen(":7000");
  if (!listening.ok()) return false;
  door_ = std::move(listening).value();
  accept();
  return true;
}

void Peers::close() {
  is_closed_ = true;
  door_.reset();
  inward_.clear();
  for (auto& [id, outward] : outward_) lose(outward, SendEnd::cancelled);
}

// Sending.

Peers::Message Peers::framed(std::string_view message, Sent sent) const {
  const std::string bytes = BytesOut().text(message).bytes();
  const Buffer buffer = Buffer::allocate(bytes.size());
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  return {buffer, std::move(sent)};
}

void Peers::send(std::uint64_t to, const std::string& address, std::string_view message,
                 Sent sent) {
  Outward& outward = outward_.try_emplace(to, Outward{to, address}).first->second;
  outward.messages.push_back(framed(message, std::move(sent)));
  if (outward.stream == nullptr && outward.messages.size() > waiting_max) {
    end_first(outward, SendEnd::no_connection);
  }
  if (!outward.is_busy) pump(outward);
}

/// Connects, or sends the rest of the first message.
void Peers::pump(Outward& outward) {
  if (is_closed_ || outward.messages.empty()) return;
  outward.is_busy = true;
  if (outward.stream == nullptr) {
    static_cast<void>(io_.connect(outward.address, events_.posts([this, &outward](
                                                                     const Completion& done) {
      outward.is_busy = false;
      if (is_closed_) return;
      if (!done.succeeded()) return lose(outward, SendEnd::no_connection);
      outward.stream = io_.take_stream(done);
      outward.messages.push_front(framed(BytesOut().number(id_).number(outward.to).bytes(), {}));
      pump(outward);
    })));
    return;
  }
  const Buffer& bytes = outward.messages.front().bytes;
  static_cast<void>(outward.stream->send(bytes.slice(outward.moved, bytes.size() - outward.moved),
                                         events_.posts([this, &outward](const Completion& done) {
                                           outward.is_busy = false;
                                           if (is_closed_) return;
                                           if (!done.succeeded())
                                             return lose(outward, SendEnd::lost);
                                           outward.moved += done.result();
                                           if (outward.moved ==
                                               outward.messages.front().bytes.size()) {
                                             end_first(outward, SendEnd::sent);
                                           }
                                           pump(outward);
                                         })));
}

void Peers::lose(Outward& outward, SendEnd why) {
  outward.stream.reset();
  while (!outward.messages.empty()) end_first(outward, why);
}

void Peers::end_first(Outward& outward, SendEnd end) {
  outward.moved = 0;
  Sent sent = std::move(outward.messages.front().sent);
  outward.messages.pop_front();
  if (sent) events_.post([sent = std::move(sent), end] { sent(end); });
}

// Receiving.

void Peers::accept() {
  static_cast<void>(door_->accept(events_.posts([this](const Completion& done) {
    if (is_closed_) return;
    if (done.succeeded()) {
      inward_.push_back({io_.take_stream(done)});
      receive(std::prev(inward_.end()));
    }
    accept();
  })));
}

void Peers::receive(std::list<Inward>::iterator inward) {
  static_cast<void>(
      inward->stream->recv(inward->part, events_.posts([this, inward](const Completion& done) {
        if (is_closed_) return;
        if (!done.succeeded() || done.result() == 0) {
          inward_.erase(inward);
          return;
        }
        inward->bytes.append(reinterpret_cast<const char*>(inward->part.data()), done.result());
        if (handle(*inward)) {
          receive(inward);
        } else {
          inward_.erase(inward);
        }
      })));
}

/// Takes whole messages out of what has come; false if they are for another one.
bool Peers::handle(Inward& inward) {
  for (;;) {
    BytesIn in(inward.bytes);
    const std::uint64_t size = in.number();
    if (inward.bytes.size() < 8 || in.rest().size() < size) return true;
    const std::string message(in.rest().substr(0, size));
    inward.bytes.erase(0, 8 + size);
    if (inward.from == 0) {
      BytesIn greeting(message);
      inward.from = greeting.number();
      if (greeting.number() != id_) return false;
    } else {
      events_.post([this, from = inward.from, message] {
        if (!is_closed_) received_(from, message);
      });
    }
  }
}

}  // namespace reprise::libraries::consensus
