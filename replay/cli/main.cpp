#include <reprise/replay/cli/cli.h>

#include <cstddef>
#include <span>
#include <string>

// The program `reprise` has it, and a harness has not.
extern "C" const char reprise_is_a_tool __attribute__((weak));

int main(int argc, char** argv) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  const std::string program = all.empty() ? "reprise" : all.front();
  const bool is_tool = &reprise_is_a_tool != nullptr;
  return reprise::run_command_line(
      program, all.empty() ? all : all.subspan(1),
      is_tool ? reprise::ProgramKind::tool : reprise::ProgramKind::harness);
}
