// Descriptors: the sockets that code under test makes by calls of the C library, by the numbers
// that it knows them by. They are of the world's network (sim/device/network). A call that must
// wait parks its task if foreign code makes it (sim.foreign()); other code cannot wait there.
//
// The calls are in socket_hooks.cpp and poll_hooks.cpp.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/core/network/stream.h>
#include <reprise/sim/evidence/run_view.h>
#include <reprise/sim/surface/host_addresses.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace reprise::internal {

class Descriptors final : private Canceller {
 public:
  Descriptors(const RunView& run, DeviceHost& host) : run_(run), host_(host), hosts_(run) {}
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;
  ~Descriptors() override;

  // For the world.

  void begin_run();
  /// The node falls: its sockets are gone.
  void forget(NodeId node);
  /// The run ends.
  void forget_all();

  // For scenarios; see Sim::Sockets.

  void take_over() { is_on_ = true; }
  int give(std::unique_ptr<Stream> stream);
  Completion ready(int fd, Readiness readiness);
  std::uint64_t count() const;

  // For the hooks. Calls give what the C library's functions give, -1 with errno. Their flags and
  // addresses are valid ones.

  /// Whether new sockets are the world's.
  bool is_on() const { return is_on_; }
  /// Whether this is the number of one of the world's.
  bool has(int fd) const;
  const HostAddresses& hosts() const { return hosts_; }

  int make(bool blocks);
  int bind(int fd, const sockaddr_in& address);
  int listen(int fd);
  int accept(int fd, bool blocks);
  int connect(int fd, const sockaddr_in& address);
  /// `peeks`: the bytes stay there, to be received again.
  ssize_t receive(int fd, std::span<std::byte> into, bool may_block, bool peeks);
  ssize_t send(int fd, std::span<const std::byte> bytes, bool may_block);
  int shutdown(int fd, StreamHalf half);
  int close(int fd);
  bool blocks(int fd) const { return at(fd).blocks; }
  void set_blocks(int fd, bool blocks) { at(fd).blocks = blocks; }
  bool listens(int fd) const { return at(fd).door != nullptr; }
  bool is_connected(int fd) const { return at(fd).stream != nullptr; }
  /// Why it could not connect; told once.
  int take_error(int fd);
  const sockaddr_in& own_address(int fd) const { return at(fd).own; }
  const sockaddr_in& peer_address(int fd) const { return at(fd).peer; }
  /// What can be done now with a descriptor, which may be another one than the world's.
  short look(pollfd asked);
  /// Parks until something may be new at one of these, or `until`. False: this code cannot wait.
  bool wait(std::span<const pollfd> asked, std::optional<Instant> until);

 private:
  struct Socket {
    NodeId node = 0;
    std::uint64_t number = 0;  // of all in this run; 0: the place is free
    bool blocks = true;
    Completion attempt;             // a connect() in flight
    Completion connected;           // finishes when that has
    IOError error = IOError::none;  // why it could not connect
    std::unique_ptr<Listener> door;
    std::unique_ptr<Stream> stream;
    std::vector<std::byte> peeked;
    sockaddr_in own{};
    sockaddr_in peer{};

    bool is_open() const { return number != 0; }
    bool connects() const { return static_cast<bool>(attempt); }
  };
  /// What a task waits for. It is kept here, since the frames of foreign code may be dropped.
  struct Wait {
    NodeId node = 0;
    std::vector<Completion> parts;
  };

  Socket& at(int fd);
  const Socket& at(int fd) const;
  IO& io(const Socket& socket) const;
  bool is_ready(const Socket& socket, Readiness readiness) const;
  void begin_to_connect(Socket& socket, const sockaddr_in& address);
  void attempt_is_over(NodeId node, std::uint64_t number, const Completion& attempt);
  void cancel(const Completion& completion, std::uint64_t token) override;
  Completion ready(Socket& socket, Readiness readiness);
  bool wait_for(int fd, Readiness readiness);

  const RunView& run_;
  DeviceHost& host_;
  HostAddresses hosts_;
  CompletionPool pool_;
  bool is_on_ = false;
  std::uint64_t made_ = 0;
  std::vector<Socket> sockets_;  // by their numbers, from the first on
  std::list<Wait> waits_;        // the addresses of those that go on stay the same
};

}  // namespace reprise::internal
