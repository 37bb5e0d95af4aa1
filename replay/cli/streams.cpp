
#include <reprise/replay/cli/streams.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace reprise {

namespace {

// The column in which what follows a line is to begin.
std::size_t indent_of(std::string_view line, std::size_t columns) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t gap = line.rfind("  ", columns / 2);
  if (gap == std::string_view::npos || gap < begin) return begin;
  return std::min(line.find_first_not_of(' ', gap), line.size());
}

std::string wrapped_line(std::string_view line, std::size_t columns) {
  const std::string indent(indent_of(line, columns), ' ');
  std::string text;
  for (std::size_t room = columns; line.size() > room; room = columns - indent.size()) {
    std::size_t at = line.rfind(' ', room);
    // Not within the indent; a word that is too long stays whole.
    if (at == std::string_view::npos || (text.empty() && at <= indent.size())) {
      at = line.find(' ', room);
    }
    if (at == std::string_view::npos) break;
    text += std::string(line.substr(0, at)) + '\n' + indent;
    line.remove_prefix(at + 1);
  }
  return text + std::string(line);
}

}  // namespace

void prepare_standard_streams() {
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest number that is free is this one.
    const int opened = open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
    if (opened > STDERR_FILENO) close(opened);
  }
}

void print_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

bool is_stdout_written() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

std::uint64_t file_bytes_max() {
  rlimit limit{};
  return getrlimit(RLIMIT_FSIZE, &limit) == 0 ? limit.rlim_cur : UINT64_MAX;
}

std::size_t columns_of_stderr() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string wrapped(std::string_view text, std::size_t columns) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result += wrapped_line(text.substr(0, end), columns);
    if (end < text.size()) result += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace reprise
