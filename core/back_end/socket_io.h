// SocketIO: the Streams, Listeners and DatagramSockets of the real back ends. The I/Os of a socket
// wait here for their turn; how the first of each kind is done is the back end's: it is a
// SocketDriver.
#pragma once

#include <reprise/core/back_end/socket_address.h>
#include <reprise/core/buffer.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/io.h>
#include <reprise/core/network/datagram.h>
#include <reprise/core/network/stream.h>
#include <reprise/core/result.h>

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace reprise::internal {

struct SocketFlight;

/// An open socket. It is closed with its last use.
struct Socket {
  int fd = -1;
  std::uint32_t uses = 0;  // its I/Os in flight, and the end itself until that is closed
  bool is_closed = false;  // by whoever had it
  bool receives_no_more = false;
  IOError lost = IOError::none;        // how: Linux tells once, and then says that all is well
  std::vector<SocketFlight*> flights;  // in the order of submission
  Completion closing;                  // finishes when it is closed
};

/// An I/O of a socket. It stays where it is until it has ended.
struct SocketFlight {
  Completion completion;
  IOKind kind = IOKind::ready;
  short events = 0;  // of poll(): when it is worth a try
  Socket* socket = nullptr;
  std::vector<Buffer> buffers;
  std::vector<iovec> parts;  // of `buffers`
  msghdr message{};          // of `parts`
  SocketAddress address;     // connect, send_to; of the sender: recv_from
  std::uint32_t slot = 0;
  bool is_begun = false;  // the driver has it
  bool is_given_up = false;
  std::uint64_t token = 0;  // the driver's own
};

class SocketDriver {
 public:
  /// To be done as soon as it can be; SocketIO::ended() is then told, but not from here.
  virtual void begin(SocketFlight& flight) = 0;
  /// It was begun, and shall end: SocketIO::ended() is told now or later.
  virtual void give_up(SocketFlight& flight) = 0;

 protected:
  ~SocketDriver() = default;
};

class SocketIO final : private Canceller {
 public:
  /// `flags` are those of socket(): SOCK_NONBLOCK or 0.
  SocketIO(CompletionPool& pool, SocketDriver& driver, int flags)
      : pool_(pool), driver_(driver), flags_(flags) {}
  SocketIO(const SocketIO&) = delete;
  SocketIO& operator=(const SocketIO&) = delete;
  /// Closes the sockets that nobody has taken. REQUIRES: nothing is in flight.
  ~SocketIO();

  // For machines.
  Result<std::unique_ptr<Listener>> listen(std::string_view address);
  Completion connect(IORequest& request);
  std::unique_ptr<Stream> take_stream(const Completion& made);
  Result<std::unique_ptr<DatagramSocket>> datagram_socket(std::string_view address);

  // For the driver.

  /// `answer` is that of the system call, or the negative errno.
  void ended(SocketFlight& flight, std::int64_t answer);
  /// Asks for the end of all, and refuses more.
  void cancel_all();
  std::size_t in_flight() const { return flights_.size() - free_.size(); }

 private:
  class Door;  // a Listener
  class Plug;  // a Stream
  class Mail;  // a DatagramSocket

  struct Made {
    std::uint64_t completion = 0;  // its id
    Socket* socket = nullptr;
  };

  /// The sender of what a recv_from() has received.
  struct Sender {
    std::uint64_t completion = 0;  // its id
    Socket* socket = nullptr;
    SocketAddress address;
  };

  Completion refuse(IOError error, IORequest& request);
  /// `type` is SOCK_STREAM or SOCK_DGRAM.
  Result<Socket*> open(const SocketAddress& address, int type);
  /// Where connections, or datagrams, come in.
  Result<Socket*> open_at(std::string_view text, int type);
  Result<Socket*> open_bound(const SocketAddress& address, int type);
  Socket& adopt(int fd);
  void drop_use(Socket& socket);
  /// `peer` is the address of a datagram, or room for it. REQUIRES: it is neither a close nor a
  /// shutdown.
  Completion submit(Socket& socket, IORequest& request, const SocketAddress* peer = nullptr);
  SocketFlight& add_flight(Socket& socket, IORequest& request);
  Completion close(Socket& socket, CompletionCallback&& callback);
  Completion shut_down(Socket& socket, IORequest& request);
  Result<std::uint64_t> try_now(Socket& socket, IOKind kind, std::span<std::byte> bytes);
  void cancel(const Completion& completion, std::uint64_t token) override;
  void give_up(SocketFlight& flight);
  /// What an answer means: what the kernel has told once is told again, and a made end is kept.
  /// What is known of the datagram is kept.
  std::int64_t outcome_of_datagram(SocketFlight& flight, const Completion& completion,
                                   std::int64_t answer);
  std::int64_t outcome(Socket& socket, IOKind kind, std::int64_t answer,
                       const Completion& completion);

  CompletionPool& pool_;
  SocketDriver& driver_;
  int flags_;
  bool is_closing_ = false;
  std::deque<Socket> sockets_;  // they stay where they are
  std::vector<Socket*> free_sockets_;
  std::deque<SocketFlight> flights_;  // by slot; they stay where they are
  std::vector<std::uint32_t> free_;
  std::vector<Made> made_;       // connections that nobody has taken
  std::vector<Sender> senders_;  // likewise
};

}  // namespace reprise::internal
