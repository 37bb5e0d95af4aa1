// The compiler that makes a user's files into a library: which one, with which flags.
#pragma once

#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/text/expected.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// Whether the name of a file says that it can be compiled: .cpp .cc .cxx .c++ .C, or .c.
bool is_compiled_file(std::string_view path);
/// A file that is compiled, or a library (.so) that is loaded as it is.
bool is_source_file(std::string_view path);

/// The store watch is in what is compiled with these and linked with those: stores call functions
/// that this program has.
std::span<const std::string_view> watch_compile_flags();
/// What keeps compilers from merging instructions of several lines, which would then all be taken
/// for one of these lines, and from leaving callers out of the stack.
std::span<const std::string_view> line_flags(bool is_clang);
std::span<const std::string_view> watch_link_flags();

/// How one set of files is compiled and linked.
class Compiler {
 public:
  struct Options {
    std::vector<std::string> files;
    std::vector<std::string> flags;  // of the user; for compiling and for linking
    bool watch = true;
    bool asan = false;   // with AddressSanitizer
    bool color = false;  // in what it says
  };

  /// Looks for the compilers that `options.files` need, $CXX and $CC first, and for our headers
  /// beside this program. The sentence says what is missing.
  static Expected<Compiler> find(Options options);

  /// Compiles `file` to `object`, and lists what it includes in `dependencies`, as make reads it. A
  /// precompiled header is looked for in `precompiled_folder`, unless that is empty.
  ProcessCommand compile(const std::string& file, const std::string& object,
                         const std::string& dependencies,
                         const std::string& precompiled_folder = {}) const;

  /// Whether a source with this text gains from a precompiled <reprise/reprise.h>: g++ uses one if
  /// the file includes it before anything else.
  bool can_use_precompiled(std::string_view text) const;
  /// Precompiles <reprise/reprise.h> to `header`, and lists what it includes in `dependencies`. The
  /// command's output is of no interest.
  ProcessCommand precompile(const std::string& header, const std::string& dependencies) const;
  /// All that the precompiled header depends on besides the headers' contents, as one text.
  std::string precompiled_identity() const;
  ProcessCommand link(const std::vector<std::string>& objects, const std::string& library) const;

  /// The library of AddressSanitizer's that a program must have been started with to load what this
  /// compiles. The sentence says that it is not installed.
  Expected<std::string> asan_library() const;

  const std::vector<std::string>& files() const { return options_.files; }
  /// All that the library's content depends on besides what files hold, as one text.
  std::string identity() const;
  /// The files among the user's flags: objects and libraries.
  std::vector<std::string> linked_files() const;

 private:
  explicit Compiler(Options options) : options_(std::move(options)) {}

  bool is_clang() const;
  ProcessCommand compile_without_input(bool is_c_file, const std::string& dependencies,
                                       const std::string& precompiled_folder) const;

  Options options_;
  ProcessCommand cxx_;
  ProcessCommand cc_;  // empty if no file is C
  std::string include_folder_;
  std::string versions_;
  bool cxx_is_clang_ = false;
  bool cc_is_clang_ = false;
};

}  // namespace reprise
