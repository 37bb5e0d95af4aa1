#include <reprise/core/back_end/posix.h>

#include <reprise/core/assert.h>
#include <reprise/core/back_end/blocking_io.h>
#include <reprise/core/back_end/monotonic_clock.h>
#include <reprise/core/back_end/open_file.h>
#include <reprise/core/back_end/timers.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace reprise {

namespace {

class PosixIO final : public BackEnd, private FileDevice, private Canceller {
 public:
  PosixIO(const PosixOptions& options, int wake_fd) : blocking_(pool_, options.threads, wake_fd) {}
  ~PosixIO() override;

  OpenResult open(std::string_view path, OpenOptions options) override {
    return open_file(*this, path, options);
  }
  Instant now() const override { return clock_.now(); }
  Completion submit(IORequest&& request) override;

  void turn(Wait wait) override;
  std::uint64_t in_flight() const override { return timers_.count() + blocking_.in_flight(); }
  Completion readable(int fd, CompletionCallback callback) override;
  IOError register_buffers(std::span<const Buffer>) override { return IOError::none; }

 private:
  struct Watch {
    int fd;
    Completion completion;
  };

  Completion submit_to(const OpenDescriptor& file, IORequest& request) override;
  Completion refuse(IOError error, IORequest& request) override {
    return pool_.refused(error, std::move(request.callback));
  }
  void cancel(const Completion& completion, std::uint64_t token) override;

  bool finish_ended();
  void poll_until(std::optional<Instant> deadline);
  void finish_readable();

  MonotonicClock clock_;
  CompletionPool pool_;
  Timers timers_{pool_};
  BlockingIO blocking_;
  std::vector<Watch> watches_;
  std::vector<pollfd> polled_;  // the wake-up first, then the watches
  bool is_closing_ = false;
};

PosixIO::~PosixIO() {
  is_closing_ = true;
  while (!watches_.empty()) watches_.back().completion.cancel();
  timers_.cancel_all();
  blocking_.cancel_all();
  while (in_flight() != 0) turn(Wait::until_event);
}

Completion PosixIO::submit(IORequest&& request) {
  if (request.kind == IOKind::timer) {
    if (is_closing_) return refuse(IOError::cancelled, request);
    return timers_.add(now() + request.delay, std::move(request.callback));
  }
  if (request.kind == IOKind::connect) return refuse(IOError::not_supported, request);
  REPRISE_ASSERT(request.kind == IOKind::remove || request.kind == IOKind::rename ||
                     request.kind == IOKind::sync_folder,
                 "an IO removes, renames, syncs folders and times; the rest is a File's");
  return submit_to({}, request);
}

Completion PosixIO::submit_to(const OpenDescriptor& file, IORequest& request) {
  if (is_closing_) return refuse(IOError::cancelled, request);
  return blocking_.submit(file, request);
}

Completion PosixIO::readable(int fd, CompletionCallback callback) {
  if (is_closing_) return pool_.refused(IOError::cancelled, std::move(callback));
  watches_.push_back({fd, pool_.make(std::move(callback), this, 0, 0)});
  return watches_.back().completion;
}

void PosixIO::cancel(const Completion& completion, std::uint64_t) {
  std::erase_if(watches_, [&](const Watch& watch) { return watch.completion == completion; });
  completion.fail(IOError::cancelled);
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
  for (const Watch& watch : watches_) polled_.push_back({watch.fd, POLLIN, 0});
  timespec timeout{};
  if (deadline) timeout = timespec_until(*deadline, now());
  const int ready = ::ppoll(polled_.data(), polled_.size(), deadline ? &timeout : nullptr, nullptr);
  if (ready <= 0) return;  // it is time, or a signal came
  eventfd_t wakes = 0;
  if (polled_.front().revents != 0) ::eventfd_read(blocking_.wake_fd(), &wakes);
  finish_readable();
}

void PosixIO::finish_readable() {
  std::vector<Completion> finished;
  for (std::size_t i = watches_.size(); i > 0; --i) {
    if (polled_[i].revents == 0) continue;
    finished.push_back(std::move(watches_[i - 1].completion));
    watches_.erase(watches_.begin() + static_cast<std::ptrdiff_t>(i - 1));
  }
  for (const Completion& completion : finished) completion.finish(0);
}

}  // namespace

Result<std::unique_ptr<BackEnd>> make_posix_io(PosixOptions options) {
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return static_cast<IOError>(errno);
  return std::unique_ptr<BackEnd>(std::make_unique<PosixIO>(options, wake_fd));
}

}  // namespace reprise
