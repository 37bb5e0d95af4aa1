#include <reprise/core/back_end/uring.h>

#include <reprise/core/assert.h>
#include <reprise/core/back_end/blocking_io.h>
#include <reprise/core/back_end/monotonic_clock.h>
#include <reprise/core/back_end/open_file.h>
#include <reprise/core/back_end/registered_buffers.h>
#include <reprise/core/back_end/ring.h>
#include <reprise/core/back_end/socket_io.h>
#include <reprise/core/back_end/timers.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace reprise {

namespace {

/// In the user data of what is no flight.
constexpr std::uint64_t cancel_request = UINT64_MAX;
constexpr std::uint64_t wake_up = UINT64_MAX - 1;

constexpr std::size_t bytes_max_of_call = 0x7ffff000;

void prepare_socket_io(io_uring_sqe& sqe, const SocketFlight& flight) {
  const int fd = flight.socket->fd;
  const bool is_one = flight.parts.size() == 1;
  const std::size_t size = is_one ? std::min(flight.parts[0].iov_len, bytes_max_of_call) : 0;
  switch (flight.kind) {
    case IOKind::accept: return io_uring_prep_accept(&sqe, fd, nullptr, nullptr, SOCK_CLOEXEC);
    case IOKind::connect:
      return io_uring_prep_connect(&sqe, fd, flight.address.data(), flight.address.size());
    case IOKind::recv:
      if (is_one) return io_uring_prep_recv(&sqe, fd, flight.parts[0].iov_base, size, 0);
      return io_uring_prep_rw(IORING_OP_RECVMSG, &sqe, fd, &flight.message, 1, 0);
    case IOKind::send:
      if (is_one) {
        return io_uring_prep_send(&sqe, fd, flight.parts[0].iov_base, size, MSG_NOSIGNAL);
      }
      return io_uring_prep_sendmsg(&sqe, fd, &flight.message, MSG_NOSIGNAL);
    case IOKind::recv_from:
      return io_uring_prep_rw(IORING_OP_RECVMSG, &sqe, fd, &flight.message, 1, 0);
    case IOKind::send_to: return io_uring_prep_sendmsg(&sqe, fd, &flight.message, 0);
    default: return io_uring_prep_poll_add(&sqe, fd, static_cast<unsigned short>(flight.events));
  }
}

class UringIO final : public BackEnd, private FileDevice, private Canceller, private SocketDriver {
 public:
  UringIO(unsigned threads, int wake_fd) : blocking_(pool_, threads, wake_fd) {}
  ~UringIO() override;

  IOError set_up(unsigned entries) { return ring_.set_up(entries); }

  OpenResult open(std::string_view path, OpenOptions options) override {
    return open_file(*this, path, options);
  }
  Instant now() const override { return clock_.now(); }
  Completion submit(IORequest&& request) override;

  void turn(Wait wait) override;
  std::uint64_t in_flight() const override {
    return flights_.size() - free_.size() - uncounted_ + blocking_.in_flight() +
           sockets_.in_flight() + timers_.count();
  }
  Result<std::unique_ptr<Listener>> listen(std::string_view address) override {
    return sockets_.listen(address);
  }
  std::unique_ptr<Stream> take_stream(const Completion& made) override {
    return sockets_.take_stream(made);
  }
  Result<std::unique_ptr<DatagramSocket>> datagram_socket(std::string_view address) override {
    return sockets_.datagram_socket(address);
  }
  Completion readable(int fd, CompletionCallback callback) override;
  IOError register_buffers(std::span<const Buffer> buffers) override;

 private:
  /// An I/O of the ring. Its buffers stay where they are until it has ended.
  struct Flight {
    Completion completion;
    IOKind kind = IOKind::read;
    bool is_used = false;
    bool is_watch = false;
    SocketFlight* of_socket = nullptr;  // what it does, if it is that
    bool is_in_ring = false;            // else it is gathered
    WriteOptions write_options;
    std::uint32_t use = 0;  // of the slot: it tells late cancel requests apart
    int fd = -1;
    std::uint64_t offset = 0;
    OpenDescriptor file;
    Buffer buffer;                // the only one
    std::vector<Buffer> buffers;  // all of them, if there are several
    std::vector<iovec> parts;     // of `buffers`
  };

  Completion submit_to(const OpenDescriptor& file, IORequest& request) override;
  Completion refuse(IOError error, IORequest& request) override {
    return pool_.refused(error, std::move(request.callback));
  }
  void cancel(const Completion&, std::uint64_t token) override { end(token); }
  void begin(SocketFlight& flight) override;
  void give_up(SocketFlight& flight) override { end(flight.token); }
  void end(std::uint64_t token);

  std::uint32_t take_slot();
  std::uint64_t token_of(std::uint32_t slot) const {
    return std::uint64_t{flights_[slot].use} << 32 | slot;
  }
  Flight& flight_of(std::uint64_t token) { return flights_[token & UINT32_MAX]; }
  Completion start(std::uint32_t slot, std::uint64_t bytes_max, CompletionCallback&& callback);
  bool finish_ended();
  void gather(std::uint64_t token);
  void take_answer(std::uint64_t user_data, int answer);
  void finish(std::uint32_t slot, int answer);

  io_uring_sqe* take_sqe();
  bool put_into_ring(std::uint64_t token);
  void prepare(io_uring_sqe& sqe, const Flight& flight) const;
  /// Moves what is gathered to the ring, as far as there is room.
  void fill_ring();
  void hand_over();
  /// Lets the ring wait for the threads too. False if there is something of theirs to finish.
  bool wait_for_threads();
  std::optional<__kernel_timespec> timeout() const;

  MonotonicClock clock_;
  CompletionPool pool_;
  Timers timers_{pool_};
  BlockingIO blocking_;
  SocketIO sockets_{pool_, *this, 0};  // the ring itself does not let a call block
  Ring ring_;
  RegisteredBuffers registered_;
  std::vector<Flight> flights_;  // by slot
  std::vector<std::uint32_t> free_;
  std::vector<std::uint64_t> gathered_;  // tokens of flights, some of which were cancelled since
  std::size_t gathered_begin_ = 0;       // those before it are in the ring
  std::vector<std::uint64_t> cancels_;   // tokens of flights that the ring is to be asked to end
  unsigned in_ring_ = 0;                 // whatever will give an answer
  std::uint64_t uncounted_ = 0;          // flights that are watches or counted by sockets_
  bool threads_watched_ = false;         // the ring polls the threads' wake-up
  bool is_closing_ = false;
};

UringIO::~UringIO() {
  is_closing_ = true;
  sockets_.cancel_all();
  timers_.cancel_all();
  blocking_.cancel_all();
  for (std::size_t slot = 0; slot < flights_.size(); ++slot) {
    if (const Completion completion = flights_[slot].completion; completion) completion.cancel();
  }
  if (threads_watched_) cancels_.push_back(wake_up);
  while (in_flight() != 0 || uncounted_ != 0 || in_ring_ != 0) turn(Wait::until_event);
}

Completion UringIO::submit(IORequest&& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  if (request.kind == IOKind::timer) {
    return timers_.add(now() + request.delay, std::move(request.callback));
  }
  if (request.kind == IOKind::connect) return sockets_.connect(request);
  REPRISE_ASSERT(request.kind == IOKind::remove || request.kind == IOKind::rename ||
                     request.kind == IOKind::sync_folder,
                 "an IO removes, renames, syncs folders, connects and times; the rest is a File's");
  return blocking_.submit({}, request);
}

Completion UringIO::submit_to(const OpenDescriptor& file, IORequest& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  if (request.kind == IOKind::truncate || request.kind == IOKind::allocate ||
      request.kind == IOKind::punch_hole) {
    return blocking_.submit(file, request);
  }
  const std::uint32_t slot = take_slot();
  Flight& flight = flights_[slot];
  flight.kind = request.kind;
  flight.write_options = request.write_options;
  flight.fd = file.fd();
  flight.offset = request.offset;
  flight.file = file;
  std::uint64_t bytes_max = 0;
  if (request.buffers.size() == 1) [[likely]] {
    flight.buffer = request.buffers.front();
    bytes_max = flight.buffer.size();
  } else if (!request.buffers.empty()) {
    flight.buffers.assign(request.buffers.begin(), request.buffers.end());
    set_parts(flight.parts, flight.buffers);
    bytes_max = request.byte_count();
  }
  return start(slot, bytes_max, std::move(request.callback));
}

Completion UringIO::readable(int fd, CompletionCallback callback) {
  if (is_closing_) return pool_.refused(IOError::cancelled, std::move(callback));
  const std::uint32_t slot = take_slot();
  flights_[slot].is_watch = true;
  flights_[slot].fd = fd;
  ++uncounted_;
  return start(slot, 0, std::move(callback));
}

void UringIO::begin(SocketFlight& flight) {
  const std::uint32_t slot = take_slot();
  flights_[slot].of_socket = &flight;
  ++uncounted_;
  flight.token = token_of(slot);
  gather(flight.token);
}

IOError UringIO::register_buffers(std::span<const Buffer> buffers) {
  if (!registered_.empty() || in_ring_ != 0) return IOError::busy;
  std::vector<iovec> parts;
  for (const Buffer& buffer : buffers) parts.push_back({buffer.data(), buffer.size()});
  const IOError error = ring_.register_buffers(parts);
  if (error == IOError::none) registered_.keep(buffers);
  return error;
}

std::uint32_t UringIO::take_slot() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(flights_.size()));
    Flight& added = flights_.emplace_back();
    added.buffers.reserve(parts_expected);
    added.parts.reserve(parts_expected);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  ++flights_[slot].use;
  flights_[slot].is_used = true;
  return slot;
}

Completion UringIO::start(std::uint32_t slot, std::uint64_t bytes_max,
                          CompletionCallback&& callback) {
  const std::uint64_t token = token_of(slot);
  Completion completion = callback ? pool_.make(std::move(callback), this, token, bytes_max)
                                   : pool_.make(this, token, bytes_max);
  flights_[slot].completion = completion;
  gather(token);
  return completion;
}

void UringIO::gather(std::uint64_t token) {
  // In order: not before those that wait for room.
  if (!gathered_.empty() || !put_into_ring(token)) gathered_.push_back(token);
}

void UringIO::end(std::uint64_t token) {
  if (flight_of(token).is_in_ring) {
    cancels_.push_back(token);
  } else {
    finish(static_cast<std::uint32_t>(token), -ECANCELED);
  }
}

void UringIO::turn(Wait wait) {
  blocking_.hand_over();
  const bool any = finish_ended();
  hand_over();
  const bool is_idle = in_flight() == 0 && uncounted_ == 0 && !(is_closing_ && in_ring_ != 0);
  if (wait == Wait::until_event && !any && !is_idle && wait_for_threads()) {
    ring_.enter_and_wait(timeout());
  } else if (in_ring_ != 0) {
    ring_.enter();
  }
  finish_ended();
}

bool UringIO::finish_ended() {
  bool any =
      ring_.reap([&](std::uint64_t user_data, int answer) { take_answer(user_data, answer); }) != 0;
  if (blocking_.in_flight() != 0) any |= blocking_.finish_ended();
  if (timers_.count() != 0) any |= timers_.finish_due(now());
  return any;
}

void UringIO::take_answer(std::uint64_t user_data, int answer) {
  --in_ring_;
  if (user_data < wake_up) [[likely]]
    return finish(static_cast<std::uint32_t>(user_data), answer);
  if (user_data == cancel_request) return;  // the I/O itself says how it ended
  threads_watched_ = false;
  eventfd_t wakes = 0;
  ::eventfd_read(blocking_.wake_fd(), &wakes);
}

void UringIO::finish(std::uint32_t slot, int answer) {
  Flight& flight = flights_[slot];
  const Completion completion = std::move(flight.completion);
  flight.is_in_ring = false;
  flight.is_used = false;
  flight.file = {};
  flight.buffer = {};
  if (!flight.buffers.empty()) flight.buffers.clear();
  if (std::exchange(flight.is_watch, false)) {
    --uncounted_;
    answer = std::min(answer, 0);  // else what it is ready for
  }
  free_.push_back(slot);
  if (SocketFlight* const its = std::exchange(flight.of_socket, nullptr)) {
    --uncounted_;
    return sockets_.ended(*its, answer);
  }
  if (answer >= 0) [[likely]]
    return completion.finish(static_cast<std::uint64_t>(answer));
  const bool was_interrupted = answer == -EINTR && completion.cancel_requested();
  completion.fail(was_interrupted ? IOError::cancelled : static_cast<IOError>(-answer));
}

io_uring_sqe* UringIO::take_sqe() {
  if (in_ring_ >= ring_.capacity()) return nullptr;
  io_uring_sqe* const sqe = ring_.take_sqe();
  if (sqe != nullptr) ++in_ring_;
  return sqe;
}

bool UringIO::put_into_ring(std::uint64_t token) {
  io_uring_sqe* const sqe = take_sqe();
  if (sqe == nullptr) return false;
  Flight& flight = flight_of(token);
  flight.is_in_ring = true;
  prepare(*sqe, flight);
  sqe->user_data = token;
  return true;
}

void UringIO::prepare(io_uring_sqe& sqe, const Flight& flight) const {
  if (flight.of_socket != nullptr) return prepare_socket_io(sqe, *flight.of_socket);
  if (flight.is_watch) return io_uring_prep_poll_add(&sqe, flight.fd, POLLIN);
  if (flight.kind == IOKind::sync) return io_uring_prep_fsync(&sqe, flight.fd, 0);
  if (flight.kind == IOKind::data_sync) {
    return io_uring_prep_fsync(&sqe, flight.fd, IORING_FSYNC_DATASYNC);
  }
  const bool is_read = flight.kind == IOKind::read;
  if (!flight.buffers.empty()) {
    io_uring_prep_rw(is_read ? IORING_OP_READV : IORING_OP_WRITEV, &sqe, flight.fd,
                     flight.parts.data(), static_cast<unsigned>(flight.parts.size()),
                     flight.offset);
  } else {
    io_uring_prep_rw(
        is_read ? IORING_OP_READ : IORING_OP_WRITE, &sqe, flight.fd, flight.buffer.data(),
        static_cast<unsigned>(std::min(flight.buffer.size(), bytes_max_of_call)), flight.offset);
    if (!registered_.empty()) {
      if (const auto place = registered_.find(flight.buffer)) {
        sqe.opcode = is_read ? IORING_OP_READ_FIXED : IORING_OP_WRITE_FIXED;
        sqe.buf_index = *place;
      }
    }
  }
  sqe.rw_flags = write_flags(flight.write_options);
}

void UringIO::fill_ring() {
  while (!cancels_.empty()) {
    io_uring_sqe* const sqe = take_sqe();
    if (sqe == nullptr) return;
    io_uring_prep_cancel64(sqe, cancels_.back(), 0);
    sqe->user_data = cancel_request;
    cancels_.pop_back();
  }
  for (; gathered_begin_ < gathered_.size(); ++gathered_begin_) {
    const std::uint64_t token = gathered_[gathered_begin_];
    const Flight& flight = flight_of(token);
    const bool was_cancelled =
        token_of(static_cast<std::uint32_t>(token)) != token || !flight.is_used;
    if (!was_cancelled && !put_into_ring(token)) return;
  }
  gathered_.clear();
  gathered_begin_ = 0;
}

void UringIO::hand_over() {
  for (;;) {
    fill_ring();
    const bool all_fit = gathered_.empty() && cancels_.empty();
    if (all_fit || in_ring_ >= ring_.capacity()) return;
    ring_.enter();
    if (ring_.gathered() != 0) return;  // the kernel has no memory just now
  }
}

bool UringIO::wait_for_threads() {
  if (blocking_.in_flight() == 0) return true;
  if (!threads_watched_) {
    io_uring_sqe* const sqe = take_sqe();
    if (sqe == nullptr) return in_ring_ != 0;
    io_uring_prep_poll_add(sqe, blocking_.wake_fd(), POLLIN);
    sqe->user_data = wake_up;
    threads_watched_ = true;
  }
  return blocking_.arm();
}

std::optional<__kernel_timespec> UringIO::timeout() const {
  const std::optional<Instant> deadline = timers_.next_deadline();
  if (!deadline) return std::nullopt;
  return timespec_until<__kernel_timespec>(*deadline, now());
}

}  // namespace

bool is_uring_built_in() { return true; }

Result<std::unique_ptr<BackEnd>> make_uring_io(UringOptions options) {
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return static_cast<IOError>(errno);
  auto io = std::make_unique<UringIO>(options.threads, wake_fd);
  if (const IOError error = io->set_up(options.entries); error != IOError::none) return error;
  return std::unique_ptr<BackEnd>(std::move(io));
}

}  // namespace reprise
