#include "tests/support/captured.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace reprise::tests {

namespace {

std::string content_of(std::FILE* file) {
  std::string content;
  std::array<char, 4096> bytes;
  std::rewind(file);
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), file)) {
    content.append(bytes.data(), count);
  }
  return content;
}

}  // namespace

Captured capture(const std::function<int()>& body) {
  Captured captured;
  std::FILE* const out = std::tmpfile();
  std::FILE* const err = std::tmpfile();
  std::cout.flush();
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(fileno(out), STDOUT_FILENO);
    dup2(fileno(err), STDERR_FILENO);
    const int exit = body();
    std::fflush(nullptr);
    _exit(exit);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  captured.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  captured.out = content_of(out);
  captured.err = content_of(err);
  std::fclose(out);
  std::fclose(err);
  return captured;
}

Captured capture_command(const std::string& command) {
  return capture([&] { return WEXITSTATUS(std::system(command.c_str())); });
}

std::string in_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n';
    if (!is_space) line += c;
    if (is_space && !line.ends_with(' ')) line += ' ';
  }
  return line;
}

}  // namespace reprise::tests
