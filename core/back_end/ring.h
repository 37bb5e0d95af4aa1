// Ring: an io_uring, set up as well as the kernel can, and entered without ever failing for good.
#pragma once

#include <reprise/core/io_error.h>

#include <liburing.h>

#include <cstdint>
#include <optional>
#include <span>

namespace reprise::internal {

class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring();

  /// To be called once, before all else.
  IOError set_up(unsigned entries);

  /// The next free submission, to be filled; null if as many are gathered as fit.
  io_uring_sqe* take_sqe() { return io_uring_get_sqe(&ring_); }
  unsigned gathered() const { return io_uring_sq_ready(&ring_); }
  /// So many may be under way at a time.
  unsigned capacity() const { return ring_.cq.ring_entries; }

  /// Hands over what is gathered, and sees what has ended.
  void enter();
  /// The same; then waits until something ends or, if there is a deadline, for `timeout`.
  void enter_and_wait(std::optional<__kernel_timespec> timeout);

  /// Calls `take(user_data, answer)` for each that has ended, and gives their number.
  template <class Take>
  unsigned reap(Take take) {
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* cqe = nullptr;
    io_uring_for_each_cqe(&ring_, head, cqe) {
      take(cqe->user_data, cqe->res);
      ++count;
    }
    io_uring_cq_advance(&ring_, count);
    return count;
  }

  IOError register_buffers(std::span<const iovec> buffers);

 private:
  static void check(int answer);

  io_uring ring_{};
  bool is_set_up_ = false;
};

}  // namespace reprise::internal
