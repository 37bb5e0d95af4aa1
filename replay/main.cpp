#include <reprise/replay/command_line.h>

#include <cstddef>
#include <span>
#include <string>

int main(int argc, char** argv) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  const std::string program = all.empty() ? "reprise" : all.front();
  return reprise::run_command_line(program, all.empty() ? all : all.subspan(1));
}
