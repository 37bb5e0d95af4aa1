// Sockets: a node's side of the simulated network, which its machines submit to: what they connect
// to, accept, send and receive is in flight here until it can happen and is delivered.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/core/io.h>
#include <reprise/core/network/datagram.h>
#include <reprise/core/network/stream.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/network/datagrams.h>
#include <reprise/sim/device/network/network.h>
#include <reprise/sim/device/submitted_io.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class Sockets final : public Device, private Canceller {
 public:
  /// `of` is the name of the node, or empty.
  Sockets(DeviceHost& host, NodeId node, std::string_view of);
  ~Sockets() override { drop_in_flight(); }

  // For machines.
  Result<std::unique_ptr<Listener>> listen(std::string_view address);
  Completion connect(IORequest& request);
  std::unique_ptr<Stream> take_stream(const Completion& made);
  Result<std::unique_ptr<DatagramSocket>> datagram_socket(std::string_view address);
  /// Whether a call would move bytes, or say how the connection has ended. REQUIRES: `stream` is of
  /// this node.
  bool is_ready(const Stream& stream, Readiness readiness);
  bool has_backlog(const Listener& listener) const;
  /// Null if nobody has connected.
  std::unique_ptr<Stream> try_accept(const Listener& listener);

  // For the network.

  /// Something is new at this end: what can happen now becomes an event.
  void look(EndRef end);
  void add_to_backlog(std::uint32_t listener, EndRef end);
  /// The datagram has come to this mailbox. If it has no room, the datagram is lost.
  void put_into(std::uint32_t mailbox, Datagrams::Datagram&& datagram);
  bool is_off() const { return is_off_; }

  // The end of the node's process, and its next beginning. The others are told of the end of a
  // process, as a kernel does that closes all that it had open; of a lost power they are not.
  void end_process();
  void cut_power();
  void restore_power() { is_off_ = false; }

  // Links.
  void cut_link_to(NodeId node) { links().cut({this->node(), node}, std::nullopt); }
  void heal_links() { links().heal(node()); }
  /// Sets the room of the connections that are made from now on; see Network::capacity.
  void set_capacity(std::size_t bytes) { network().capacity = bytes; }

  // Device.
  std::string_view name() const override { return name_; }
  void deliver(std::uint32_t slot) override;
  Identity identity_of(const Completion& completion) const override;
  Identity identity_at(std::uint32_t slot) const override { return flights_[slot].io.identity; }
  const Completion& completion_at(std::uint32_t slot) const override {
    return flights_[slot].completion;
  }
  bool has_outcome(std::uint32_t slot) const override {
    return flights_[slot].io.kind != IOKind::ready;
  }
  Rest rest_in(std::uint32_t slot) const override;
  bool wait_alike(std::uint32_t a, std::uint32_t b) const override;
  std::string_view mistake_in(std::uint32_t slot) override;
  std::span<const Buffer> buffers_at(std::uint32_t slot) const override {
    return flights_[slot].buffers;
  }
  void drop_in_flight() override;
  void reset() override;

 private:
  class Door;  // a Listener
  class Plug;  // a Stream
  class Mail;  // a DatagramSocket

  /// What an I/O is done to.
  struct Target {
    enum class Kind : std::uint8_t { end, listener, mailbox };
    Kind kind = Kind::end;
    EndRef end;
    std::uint32_t number = 0;  // of the listener or the mailbox

    static Target of(EndRef end) { return {Kind::end, end, 0}; }
    static Target listener(std::uint32_t number) { return {Kind::listener, {}, number}; }
    static Target mailbox(std::uint32_t number) { return {Kind::mailbox, {}, number}; }
    friend bool operator==(const Target&, const Target&) = default;
  };
  struct Flight {
    Completion completion;
    SubmittedIO io;
    Target target;
    std::vector<Buffer> buffers;
    std::string to;  // send_to
    Readiness readiness = Readiness::readable;
    StreamHalf half = StreamHalf::both;
    IOError error = IOError::none;  // ends so, without effect
    std::uint64_t bytes_max = 0;    // moves no more than this
    bool is_enabled = false;        // its delivery is in the pool
    bool is_other_way = false;      // only what it does not wait for could not be done
  };
  /// What the code that runs at one event could not do at once at an end.
  struct Refused {
    EndRef end;
    bool receive = false;
    bool send = false;
  };
  struct Backlog {
    std::string address;
    std::deque<EndRef> ends;  // connected, and not accepted yet
  };
  /// Where the datagrams to an address come in.
  struct Mailbox {
    std::string address;
    bool is_server = false;  // its port was asked for: others may know it
    bool is_closed = false;
    std::deque<Datagrams::Datagram> arrived{};
    std::size_t bytes = 0;       // of `arrived`
    std::uint32_t refusals = 0;  // would-blocks in a row
  };
  struct Sender {
    std::uint64_t completion = 0;  // its id
    std::uint32_t mailbox = 0;
    std::string address;
  };
  struct MadeEnd {
    std::uint64_t completion = 0;  // its id
    EndRef end;
  };
  struct Moved {
    IOError error = IOError::none;
    std::uint64_t bytes = 0;
  };
  struct Over {
    SubmittedIO io;
    Target target;
    std::uint64_t bytes_max = 0;
    Moved moved;
  };

  Network& network();
  Links& links() { return network().links(); }
  Datagrams& datagrams();
  /// What the links call this node.
  void name_node();
  /// An address of this node; port 0 becomes a free one.
  Result<std::string> own_address(std::string_view address);
  /// The address with the node's name in front where it is the node's own.
  std::string full_address(std::string_view address) const;
  /// `path` is the number of the address in the names of I/Os.
  Completion submit(IORequest& request, const Target& target, std::uint32_t path);
  Completion refuse(const SubmittedIO& io, IOError error, IORequest& request);
  IOError refusal_of(const IORequest& request, const Target& target);
  void begin(std::uint32_t slot, const IORequest& request);
  std::uint32_t take_slot();
  void cancel(const Completion& completion, std::uint64_t token) override;
  void cancel_all(const Target& target);

  bool can_happen(const Flight& flight);
  bool can_receive(EndRef ref);
  bool can_send(EndRef ref);
  bool is_ready(EndRef ref, Readiness readiness) {
    return (readiness != Readiness::writable && can_receive(ref)) ||
           (readiness != Readiness::readable && can_send(ref));
  }
  /// Whether no other one of its kind is in front of it.
  bool is_first(std::uint32_t slot) const;
  void enable(std::uint32_t slot);
  void look_at(const Target& target);

  Moved happen(Flight& flight);
  Moved receive(EndRef ref, std::span<const Buffer> buffers, std::uint64_t bytes_max);
  Moved send(EndRef ref, std::span<const Buffer> buffers, std::uint64_t bytes_max);
  Moved accept(Flight& flight);
  Moved send_to(Flight& flight);
  Moved receive_from(Flight& flight);
  /// Takes the datagram that came first, as far as `buffers` have room.
  Result<Datagrams::Datagram> take_datagram(Mailbox& mailbox, std::span<const Buffer> buffers);
  void close_mailbox(std::uint32_t number);
  void shut_down(EndRef ref, StreamHalf half);
  void close(EndRef ref);
  void close_listener(std::uint32_t number);
  /// Whatever was open is gone.
  void forget_open();
  /// For what outlives its run, or the process of its node.
  Completion refuse_gone(IORequest& request);
  IOError why_not(EndRef ref);
  /// Tells of an I/O that is over, and finishes its completion.
  void finish(const Completion& completion, const Over& over);

  Result<std::uint64_t> try_now(EndRef ref, IOKind kind, std::span<std::byte> bytes,
                                std::uint32_t path);
  /// Whether another I/O of its kind waits for the same.
  bool others_wait(IOKind kind, const Target& target) const;
  /// `in_a_row` counts how often it has said so.
  bool says_would_block(std::uint32_t& in_a_row, const Identity& call);
  std::uint64_t bytes_before(EndRef ref) const;
  /// Takes note of whether a try could do something.
  void note_try(EndRef ref, IOKind kind, bool is_refused);
  /// Whether the code at this event waits for one way to be free, and only the other was not.
  bool waits_other_way(const IORequest& request, const Target& target) const;

  std::string prefix_;  // "b:", or nothing
  std::string name_;
  Network* network_ = nullptr;
  Datagrams* datagrams_ = nullptr;
  bool is_off_ = false;
  std::uint32_t run_ = 0;
  std::uint32_t next_port_ = 0;
  std::vector<Flight> flights_;         // by slot
  std::vector<std::uint32_t> waiting_;  // slots, in the order of submission
  std::vector<Backlog> backlogs_;       // by listener
  std::vector<Mailbox> mailboxes_;      // by number
  std::vector<MadeEnd> made_;           // connections that nobody has taken
  std::vector<Sender> senders_;         // of datagrams, likewise
  std::vector<Refused> refused_;        // at the event refused_at_
  std::uint64_t refused_at_ = 0;
  std::vector<std::uint32_t> refusals_;  // would-blocks in a row, by twice the connection and end
};

}  // namespace reprise
