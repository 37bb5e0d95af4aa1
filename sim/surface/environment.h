// The environment of code under test: the same few variables in every run, in the place of the
// process's own.
#pragma once

namespace reprise::internal {

/// Guard: `environ` is that of a new run while it lives.
class RunEnvironment {
 public:
  RunEnvironment();
  RunEnvironment(const RunEnvironment&) = delete;
  RunEnvironment& operator=(const RunEnvironment&) = delete;
  ~RunEnvironment();

 private:
  char** was_;
};

}  // namespace reprise::internal
