// AllocatingCode: tells whether it is code under test that allocates, and not the harness, which
// shares malloc and templates with it.
#pragma once

#include <reprise/sim/store_watch/call_paths.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::internal {

class AllocatingCode {
 public:
  /// Forgets the libraries, and what it knows of addresses, where other code may be loaded now.
  void begin_run();
  /// Code of libraries whose file names begin like this is code under test too.
  void add_library(std::string_view name) { libraries_.emplace_back(name); }
  /// Whether each call under way, from the entry to the allocation that returns to `pc`, is one of
  /// watched code, of a library that was named, or of a known function around malloc, such as
  /// operator new. `path` are the calls of watched code from the entry.
  bool is_under_test(std::uintptr_t pc, const CallPaths& paths, CallPath path);

 private:
  enum class Kind : std::uint8_t {
    unknown,
    other,
    around,   // operator new and the like, templates of the standard library, named libraries
    harness,  // inline functions of Sim, which are compiled with the user's code
  };
  struct Known {
    std::uintptr_t pc = 0;
    Kind kind = Kind::unknown;
  };
  struct Walk;

  Kind kind_of(std::uintptr_t pc);
  Kind look_up(std::uintptr_t pc) const;

  std::vector<std::string> libraries_;
  std::array<Known, 256> known_{};  // by some bits of the address
  bool is_used_ = false;            // known_ is not empty
};

}  // namespace reprise::internal
