// Peers: the connections of one process to the others. It sends over those that it has made, and
// receives over those that it has accepted.
#pragma once

#include "scenarios/libraries/raft/events.h"

#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace reprise::libraries::consensus {

class Peers {
 public:
  enum class SendEnd { sent, no_connection, lost, cancelled };
  using Sent = std::function<void(SendEnd end)>;
  using Received = std::function<void(std::uint64_t from, std::string_view message)>;

  Peers(IO& io, Events& events) : io_(io), events_(events) {}

  /// Listens at its port, and gives what comes to `received`, at events of their own. `id` is its
  /// own; who has connected to another one is not listened to.
  bool start(std::uint64_t id, Received received);
  /// `sent` is called at an event of its own, when the message is on its way or is lost.
  void send(std::uint64_t to, const std::string& address, std::string_view message, Sent sent);
  /// Closes all connections. What was to be sent is cancelled.
  void close();

 private:
  /// More messages do not wait for a connection.
  static constexpr std::size_t waiting_max = 8;

  struct Message {
    Buffer bytes;
    Sent sent;  // empty: nobody waits for it
  };
  /// A connection that this process makes.
  struct Outward {
    std::uint64_t to = 0;
    std::string address;
    std::unique_ptr<Stream> stream = nullptr;
    std::deque<Message> messages = {};
    std::size_t moved = 0;  // of the first message, in bytes
    bool is_busy = false;   // connects or sends
  };
  struct Inward {
    std::unique_ptr<Stream> stream;
    std::string bytes = {};  // received, and not handled
    std::uint64_t from = 0;  // 0: it has not said so yet
    Buffer part = Buffer::allocate(1024);
  };

  Message framed(std::string_view message, Sent sent) const;
  void pump(Outward& outward);
  void lose(Outward& outward, SendEnd why);
  void end_first(Outward& outward, SendEnd end);
  void accept();
  void receive(std::list<Inward>::iterator inward);
  bool handle(Inward& inward);

  IO& io_;
  Events& events_;
  std::uint64_t id_ = 0;
  Received received_;
  std::unique_ptr<Listener> door_;
  std::map<std::uint64_t, Outward> outward_;
  std::list<Inward> inward_;
  bool is_closed_ = false;
};

}  // namespace reprise::libraries::consensus
