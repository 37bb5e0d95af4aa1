// What --color and the environment say: the option, then NO_COLOR, then what forces colour, then
// the terminal.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <reprise/replay/cli/values.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

namespace reprise {
namespace {

// The variables that decide, as given and nothing else, while it lives.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& variables) {
    for (const char* const name : {"NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM"}) {
      const char* const value = std::getenv(name);
      before_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
      unsetenv(name);
    }
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : before_) {
      unsetenv(name.c_str());
      if (value) setenv(name.c_str(), value->c_str(), 1);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

class Terminal {
 public:
  Terminal() : main_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(main_);
    unlockpt(main_);
    fd_ = open(ptsname(main_), O_RDWR | O_NOCTTY);
    REQUIRE(isatty(fd_) == 1);
  }
  ~Terminal() {
    close(fd_);
    close(main_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int fd() const { return fd_; }

 private:
  int main_;
  int fd_ = -1;
};

// Whether there is colour on a terminal and in a file.
struct Colors {
  bool terminal, file;

  friend bool operator==(const Colors&, const Colors&) = default;
};

constexpr Colors both{true, true};
constexpr Colors none{false, false};
constexpr Colors only_terminal{true, false};

Colors colors(const std::map<std::string, std::string>& variables,
              std::string_view option = "auto") {
  const Environment environment(variables);
  const Terminal terminal;
  const int file = open("/dev/null", O_WRONLY);
  const Colors found{parse_color_option(option, terminal.fd()).value(),
                     parse_color_option(option, file).value()};
  close(file);
  return found;
}

TEST_CASE("color: a terminal has it and a file has not") {
  CHECK(colors({}) == only_terminal);
  CHECK(colors({{"TERM", "xterm"}}) == only_terminal);
}

TEST_CASE("color: the option comes before everything else") {
  CHECK(colors({{"NO_COLOR", "1"}, {"TERM", "dumb"}}, "always") == both);
  CHECK(colors({{"CLICOLOR_FORCE", "1"}, {"FORCE_COLOR", "1"}}, "never") == none);
}

TEST_CASE("color: NO_COLOR comes before what forces it and counts unless it is empty") {
  CHECK(colors({{"NO_COLOR", "1"}}) == none);
  CHECK(colors({{"NO_COLOR", "0"}}) == none);
  CHECK(colors({{"NO_COLOR", ""}}) == only_terminal);
  CHECK(colors({{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}, {"FORCE_COLOR", "1"}}) == none);
}

TEST_CASE("color: it can be forced unless that is empty or 0") {
  for (const std::string name : {"CLICOLOR_FORCE", "FORCE_COLOR"}) {
    CAPTURE(name);
    CHECK(colors({{name, "1"}}) == both);
    CHECK(colors({{name, "yes"}}) == both);
    CHECK(colors({{name, "0"}}) == only_terminal);
    CHECK(colors({{name, ""}}) == only_terminal);
    CHECK(colors({{name, "1"}, {"TERM", "dumb"}}) == both);
  }
}

TEST_CASE("color: a dumb terminal has none") {
  CHECK(colors({{"TERM", "dumb"}}) == none);
  CHECK(colors({{"TERM", "dumb"}, {"CLICOLOR_FORCE", "0"}}) == none);
}

TEST_CASE("color: any other word is refused") {
  CHECK_FALSE(parse_color_option("blue", 1).ok());
  CHECK_FALSE(parse_color_option("", 1).ok());
}

}  // namespace
}  // namespace reprise
