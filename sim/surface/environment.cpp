#include <reprise/sim/surface/environment.h>

#include <unistd.h>

#include <array>
#include <cstddef>
#include <tuple>

namespace reprise::internal {

namespace {

// Code under test may change the list, and even the texts.
using Variables = std::array<std::array<char, 32>, 6>;
constexpr Variables variables_of_every_run = {
    {{"HOME=/"}, {"LANG=C"}, {"LOGNAME=user"}, {"PATH=/usr/bin:/bin"}, {"TZ=UTC"}, {"USER=user"}}};
constinit Variables variables{};
constinit std::array<char*, std::tuple_size_v<Variables> + 1> list{};

char** new_environment() {
  variables = variables_of_every_run;
  for (std::size_t i = 0; i < variables.size(); ++i) list[i] = variables[i].data();
  list.back() = nullptr;
  return list.data();
}

}  // namespace

RunEnvironment::RunEnvironment() : was_(environ) { environ = new_environment(); }
RunEnvironment::~RunEnvironment() { environ = was_; }

}  // namespace reprise::internal
