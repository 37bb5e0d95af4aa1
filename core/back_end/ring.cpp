#include <reprise/core/back_end/ring.h>

#include <reprise/core/assert.h>
#include <reprise/core/internal/open.h>

#include <cerrno>
#include <iterator>

namespace reprise {

Ring::~Ring() {
  if (is_set_up_) io_uring_queue_exit(&ring_);
}

IOError Ring::set_up(unsigned entries) {
  // The best first; an old kernel says EINVAL to flags that it does not know.
  constexpr unsigned flags[] = {
      IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
          IORING_SETUP_DEFER_TASKRUN,
      IORING_SETUP_CLAMP | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN,
      IORING_SETUP_CLAMP,
  };
  int answer = -EINVAL;
  for (std::size_t i = 0; i < std::size(flags) && answer == -EINVAL; ++i) {
    answer = io_uring_queue_init(entries, &ring_, flags[i]);
  }
  if (answer < 0) return static_cast<IOError>(-answer);
  is_set_up_ = true;
  constexpr unsigned needed = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP;
  return (ring_.features & needed) == needed ? IOError::none : IOError::not_implemented;
}

void Ring::check(int answer) {
  // Out of memory, interrupted, or time is up: what is gathered stays so until the next time.
  const bool passes = answer >= 0 || answer == -EINTR || answer == -EAGAIN || answer == -EBUSY ||
                      answer == -ETIME || answer == -ENOMEM;
  REPRISE_ASSERT(passes, "a ring is entered by the thread that made it, while it is open");
}

void Ring::enter() { check(io_uring_submit_and_get_events(&ring_)); }

void Ring::enter_and_wait(std::optional<__kernel_timespec> timeout) {
  if (!timeout) return check(io_uring_submit_and_wait(&ring_, 1));
  io_uring_cqe* first = nullptr;
  check(io_uring_submit_and_wait_timeout(&ring_, &first, 1, &*timeout, nullptr));
}

IOError Ring::register_buffers(std::span<const iovec> buffers) {
  const int answer =
      io_uring_register_buffers(&ring_, buffers.data(), static_cast<unsigned>(buffers.size()));
  return static_cast<IOError>(-answer);
}

}  // namespace reprise
