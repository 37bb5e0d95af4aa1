// The compilation of a user's files to a library. What has not changed comes from the cache, object
// by object.
#pragma once

#include <reprise/replay/cli/build/cache.h>
#include <reprise/replay/cli/build/compiler.h>
#include <reprise/replay/cli/cli.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A library's path; or the exit status of a command that has complained already.
struct Compiled {
  std::string library;
  ExitCode exit = ExitCode::clean;
};

struct CompilationOptions {
  std::size_t jobs = 1;   // compilers at a time
  bool is_quiet = false;  // only compilers speak
};

/// The library made of the compiler's files, from the cache if it is there. Else compiles those
/// files whose objects are not in the cache, links all objects, and leaves everything in the cache.
Compiled compile_or_find(const Compiler& compiler, const CompileCache& cache,
                         const CompilationOptions& options);

/// Complains, and gives the exit status of a command whose files it could not compile or load:
/// `incomplete` after an interrupt, else `bad_usage`.
ExitCode refuse_files(std::string_view sentence);

/// The names of files, in a sentence.
std::string listed(const std::vector<std::string>& files);

}  // namespace reprise
