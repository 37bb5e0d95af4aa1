#include <reprise/replay/cli/build/asan.h>

#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/file.h>

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

// The sanitizer defines this where it is in the process.
extern "C" void __asan_init() __attribute__((weak));

namespace reprise {

namespace {

constexpr const char* preload = "LD_PRELOAD";
/// What LD_PRELOAD was before, which tells that this is the second time.
constexpr const char* before = "REPRISE_PRELOAD_BEFORE";

// Leaks are the business of `leak`; a worker's exit tells its supervisor too little.
constexpr std::string_view own_options = "detect_leaks=0:handle_abort=0:handle_segv=0:exitcode=99";

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::string> arguments;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    arguments.push_back(text.substr(at, end - at));
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return arguments;
}

void put_back_preload() {
  const std::string value = environment_value(before);
  if (value.empty()) {
    unsetenv(preload);
  } else {
    setenv(preload, value.c_str(), 1);
  }
  unsetenv(before);
}

}  // namespace

std::optional<std::string> execute_with_asan(const Compiler& compiler) {
  const bool is_second = std::getenv(before) != nullptr;
  if (is_second) put_back_preload();  // compilers do without
  if (__asan_init != nullptr) return std::nullopt;
  const Expected<std::string> library = compiler.asan_library();
  if (!library.ok()) return library.error();
  if (is_second) {
    return fmt::format("--asan: {} could not be loaded into this program",
                       escaped(library.value()));
  }
  const std::string others = environment_value(preload);
  setenv(before, others.c_str(), 1);
  setenv(preload, (library.value() + (others.empty() ? "" : ":" + others)).c_str(), 1);
  // What the user has set counts.
  const std::string options = environment_value("ASAN_OPTIONS");
  setenv("ASAN_OPTIONS", (std::string(own_options) + ':' + options).c_str(), 1);
  std::vector<std::string> arguments = own_arguments();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  std::fflush(nullptr);
  execv("/proc/self/exe", pointers.data());
  const int error = errno;
  put_back_preload();
  return fmt::format("--asan: this program cannot be executed again: {}", errno_text(error));
}

}  // namespace reprise
