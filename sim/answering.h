// Answering: who answers the calls of this thread by which code asks the C library or the system
// for time, random bytes or its process.
#pragma once

namespace reprise {

class Surfaces;

namespace internal {
/// The Surfaces that answer now, or null: the system does. It is global because a function of the C
/// library has no parameter to find it by.
extern constinit thread_local Surfaces* surfaces;
/// Always true. It is defined in reprise::watch, so that every program with watched code has the
/// hooks too.
extern const bool answers_time;
extern const bool answers_chance;
extern const bool answers_threads;
extern const bool answers_processes;
extern const bool answers_conditions;
extern const bool answers_rwlocks;
extern const bool answers_sockets;
extern const bool answers_polls;
}  // namespace internal

/// Guard: while it lives, `surfaces` answers the calls of this thread; null: the system does,
/// because the harness itself is running.
class Answering {
 public:
  explicit Answering(Surfaces* surfaces);
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;
  ~Answering();

 private:
  Surfaces* was_;
};

}  // namespace reprise
