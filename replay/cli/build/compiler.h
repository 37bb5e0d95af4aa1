// The compiler that turns a user's files into a library, and its flags.
#pragma once

#include <reprise/replay/cli/build/process.h>
#include <reprise/replay/text/expected.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// Whether a file can be compiled, by its name: .cpp .cc .cxx .c++ .C, or .c.
bool is_compiled_file(std::string_view path);
/// Whether a file can be compiled, or is a library (.so) that is loaded as it is.
bool is_source_file(std::string_view path);

/// The flags that compile a file with the store watch: its stores then call functions of this
/// program.
std::span<const std::string_view> watch_compile_flags();
/// The flags that keep compilers from merging instructions of several lines, which would all be
/// attributed to one of the lines, and from leaving callers out of the stack.
std::span<const std::string_view> line_flags(bool is_clang);
std::span<const std::string_view> watch_link_flags();

/// How one set of files is compiled and linked.
class Compiler {
 public:
  struct Options {
    std::vector<std::string> files = {};
    std::vector<std::string> flags = {};  // of the user; for compiling and for linking
    bool needs_c = false;                 // whether files in C will be compiled beside `files`
    bool watch = true;
    std::vector<std::string> watched = {};  // patterns for files with the store watch; empty: all
    bool asan = false;                      // with AddressSanitizer
    bool color = false;                     // in the compiler's messages
  };

  /// Looks for the compilers that `options.files` need, $CXX and $CC first, and for the headers of
  /// Reprise beside this program. The error sentence says what is missing.
  static Expected<Compiler> find(Options options);

  /// The flags that a file in C, or else in C++, is compiled with, and those that objects are
  /// linked with to a library, in a build of the user's own as in the commands below.
  std::vector<std::string> compile_flags(bool is_c_file, bool is_watched) const;
  std::vector<std::string> link_flags(bool is_watched) const;

  /// The command that compiles `file` to `object`, and writes its includes to `dependencies` as a
  /// make rule. A precompiled header is looked for in `precompiled_folder`, unless that is empty.
  ProcessCommand compile(const std::string& file, const std::string& object,
                         const std::string& dependencies,
                         const std::string& precompiled_folder = {}) const;

  /// Whether `file` with this text can use a precompiled <reprise/reprise.h>: g++ uses one if the
  /// file includes it before anything else, and has the same flags.
  bool can_use_precompiled(std::string_view file, std::string_view text) const;
  /// The command that precompiles <reprise/reprise.h> to `header`, and writes its includes to
  /// `dependencies`. Ignore the command's output.
  ProcessCommand precompile(const std::string& header, const std::string& dependencies) const;
  /// Everything that the precompiled header depends on besides the contents of the headers, as one
  /// text.
  std::string precompiled_identity() const;
  ProcessCommand link(const std::vector<std::string>& objects, const std::string& library) const;

  /// Whether `file` is compiled with the store watch.
  bool is_watched(std::string_view file) const;
  /// Whether some of the files are compiled with the store watch, and some without. Then join the
  /// objects of those with it by join_watched(), and link the result with the others. Only block
  /// copies of watched files must be seen, and a linker replaces their names in all that it links.
  bool is_mixed() const;
  ProcessCommand join_watched(const std::vector<std::string>& objects,
                              const std::string& object) const;

  /// The AddressSanitizer library with which a program must have been started to load what this
  /// compiles. The error sentence says that it is not installed.
  Expected<std::string> asan_library() const;

  const std::vector<std::string>& files() const { return options_.files; }
  /// Everything that the library depends on besides the contents of files, as one text.
  std::string identity() const;
  /// The same for the object that `file` is compiled to.
  std::string object_identity(const std::string& file) const;
  /// The files among the user's flags: objects and libraries.
  std::vector<std::string> linked_files() const;

 private:
  explicit Compiler(Options options) : options_(std::move(options)) {}

  bool is_clang() const;
  bool precompiles_with_watch() const;
  ProcessCommand compile_without_input(bool is_c_file, bool is_watched,
                                       const std::string& dependencies,
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
