#include <reprise/core/back_end/posix.h>

#include <reprise/core/assert.h>
#include <reprise/core/back_end/blocking_io.h>
#include <reprise/core/back_end/monotonic_clock.h>
#include <reprise/core/back_end/open_file.h>
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

/// Does it, if that is possible at once; else the answer is one of those of is_to_wait().
std::int64_t call(SocketFlight& flight) {
  const int fd = flight.socket->fd;
  std::int64_t answer = 0;
  switch (flight.kind) {
    case IOKind::accept:
      answer = ::accept4(fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      break;
    case IOKind::connect:  // the second call tells how the first has ended
      answer = ::connect(fd, flight.address.data(), flight.address.size());
      break;
    case IOKind::recv:
    case IOKind::recv_from: answer = ::recvmsg(fd, &flight.message, 0); break;
    case IOKind::send:
    case IOKind::send_to: answer = ::sendmsg(fd, &flight.message, MSG_NOSIGNAL); break;
    default: break;  // what is ready
  }
  return answer < 0 ? -errno : answer;
}

bool is_to_wait(std::int64_t answer) {
  return answer == -EAGAIN || answer == -EINTR || answer == -EINPROGRESS || answer == -EALREADY;
}

class PosixIO final : public BackEnd, private FileDevice, private Canceller, private SocketDriver {
 public:
  PosixIO(const PosixOptions& options, int wake_fd) : blocking_(pool_, options.threads, wake_fd) {}
  ~PosixIO() override;

  OpenResult open(std::string_view path, OpenOptions options) override {
    return open_file(*this, path, options);
  }
  Instant now() const override { return clock_.now(); }
  Completion submit(IORequest&& request) override;

  void turn(Wait wait) override;
  std::uint64_t in_flight() const override {
    return timers_.count() + blocking_.in_flight() + sockets_.in_flight();
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
  IOError register_buffers(std::span<const Buffer>) override { return IOError::none; }

 private:
  /// A descriptor to be polled, for a readable() or an I/O of a socket.
  struct Watch {
    int fd;
    short events;
    Completion readable;
    SocketFlight* flight = nullptr;
  };
  /// A watch that is over.
  struct Ended {
    Watch watch;
    std::int64_t answer;
  };

  Completion submit_to(const OpenDescriptor& file, IORequest& request) override;
  Completion refuse(IOError error, IORequest& request) override {
    return pool_.refused(error, std::move(request.callback));
  }
  void cancel(const Completion& completion, std::uint64_t token) override;
  void begin(SocketFlight& flight) override {
    watches_.push_back({flight.socket->fd, flight.events, {}, &flight});
  }
  void give_up(SocketFlight& flight) override;

  bool finish_ended();
  void poll_until(std::optional<Instant> deadline);
  void finish_ready();

  MonotonicClock clock_;
  CompletionPool pool_;
  Timers timers_{pool_};
  BlockingIO blocking_;
  SocketIO sockets_{pool_, *this, SOCK_NONBLOCK};
  std::vector<Watch> watches_;
  std::vector<Ended> ended_;    // in one finish_ready()
  std::vector<pollfd> polled_;  // the wake-up first, then the watches
  bool is_closing_ = false;
};

PosixIO::~PosixIO() {
  is_closing_ = true;
  sockets_.cancel_all();
  while (!watches_.empty()) watches_.back().readable.cancel();
  timers_.cancel_all();
  blocking_.cancel_all();
  while (in_flight() != 0) turn(Wait::until_event);
}

Completion PosixIO::submit(IORequest&& request) {
  if (request.kind == IOKind::timer) {
    if (is_closing_) return refuse(IOError::cancelled, request);
    return timers_.add(now() + request.delay, std::move(request.callback));
  }
  if (request.kind == IOKind::connect) return sockets_.connect(request);
  REPRISE_ASSERT(request.kind == IOKind::remove || request.kind == IOKind::rename ||
                     request.kind == IOKind::sync_folder,
                 "an IO removes, renames, syncs folders, connects and times; the rest is a File's");
  return submit_to({}, request);
}

Completion PosixIO::submit_to(const OpenDescriptor& file, IORequest& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  return blocking_.submit(file, request);
}

Completion PosixIO::readable(int fd, CompletionCallback callback) {
  if (is_closing_) return pool_.refused(IOError::cancelled, std::move(callback));
  watches_.push_back({fd, POLLIN, pool_.make(std::move(callback), this, 0, 0)});
  return watches_.back().readable;
}

void PosixIO::cancel(const Completion& completion, std::uint64_t) {
  std::erase_if(watches_, [&](const Watch& watch) { return watch.readable == completion; });
  completion.fail(IOError::cancelled);
}

void PosixIO::give_up(SocketFlight& flight) {
  const auto is_its = [&](const Watch& watch) { return watch.flight == &flight; };
  if (std::erase_if(watches_, is_its) == 0) return;  // too late: its call was made
  sockets_.ended(flight, -ECANCELED);
}

void PosixIO::turn(Wait wait) {
  blocking_.hand_over();
  const bool any = finish_ended();
  const bool is_idle = in_flight() == 0 && watches_.empty();
  if (wait == Wait::until_event && !any && !is_idle && blocking_.arm()) {
    poll_until(timers_.next_deadline());
    finish_ended();
  } else if (!watches_.empty()) {
    poll_until(Instant{});
  }
}

bool PosixIO::finish_ended() {
  const bool any_io = blocking_.finish_ended();
  const bool any_timer = timers_.count() != 0 && timers_.finish_due(now());
  return any_io || any_timer;
}

void PosixIO::poll_until(std::optional<Instant> deadline) {
  polled_.assign(1, {blocking_.wake_fd(), POLLIN, 0});
  for (const Watch& watch : watches_) polled_.push_back({watch.fd, watch.events, 0});
  timespec timeout{};
  if (deadline) timeout = timespec_until(*deadline, now());
  const int ready = ::ppoll(polled_.data(), polled_.size(), deadline ? &timeout : nullptr, nullptr);
  if (ready <= 0) return;  // it is time, or a signal came
  eventfd_t wakes = 0;
  if (polled_.front().revents != 0) ::eventfd_read(blocking_.wake_fd(), &wakes);
  finish_ready();
}

void PosixIO::finish_ready() {
  // All calls first: what finishes may add watches, and end others.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    Watch& watch = watches_[i];
    const bool is_ready = polled_[i + 1].revents != 0;
    const std::int64_t answer = !is_ready ? -EAGAIN : watch.flight ? call(*watch.flight) : 0;
    if (!is_to_wait(answer)) {
      ended_.push_back({std::move(watch), answer});
    } else if (kept++ != i) {
      watches_[kept - 1] = std::move(watch);
    }
  }
  watches_.resize(kept);
  for (const Ended& ended : ended_) {
    if (ended.watch.flight != nullptr) {
      sockets_.ended(*ended.watch.flight, ended.answer);
    } else {
      ended.watch.readable.finish(0);
    }
  }
  ended_.clear();
}

}  // namespace

Result<std::unique_ptr<BackEnd>> make_posix_io(PosixOptions options) {
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return static_cast<IOError>(errno);
  return std::unique_ptr<BackEnd>(std::make_unique<PosixIO>(options, wake_fd));
}

}  // namespace reprise
