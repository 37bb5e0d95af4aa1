
#include <reprise/replay/worker/streams.h>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace reprise {

int beyond_standard_streams(int fd) {
  if (fd < 0 || fd > STDERR_FILENO) return fd;
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(fd);
  return moved;
}

void redirect_standard_streams(bool silent) {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere >= 0) {
    dup2(nowhere, STDIN_FILENO);
    if (silent) dup2(nowhere, STDERR_FILENO);
    if (nowhere > STDERR_FILENO) close(nowhere);
  }
  dup2(STDERR_FILENO, STDOUT_FILENO);
}

void redirect_output_to(int fd) {
  std::fflush(nullptr);
  dup2(fd, STDOUT_FILENO);
  dup2(fd, STDERR_FILENO);
  // A process that dies does not flush what it has printed. (A buffer of its own: without one a
  // stream that was in use stays as it is.)
  static std::array<char, BUFSIZ> line_buffer;
  std::setvbuf(stdout, line_buffer.data(), _IOLBF, line_buffer.size());
}

void ShortenedText::append(std::string_view text) {
  const std::size_t first = std::min(text.size(), head_max - head_.size());
  head_ += text.substr(0, first);
  tail_ += text.substr(first);
  if (tail_.size() <= tail_max) return;
  const std::size_t over = tail_.size() - tail_max;
  left_out_ += over;
  tail_.erase(0, over);
}

std::string ShortenedText::text() const {
  if (left_out_ == 0) return head_ + tail_;
  return fmt::format("{}\n... {} bytes left out ...\n{}", head_, left_out_, tail_);
}

}  // namespace reprise
