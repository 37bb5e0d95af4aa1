// The real back ends, for test cases that are run with each of them.
//
//   TEST_CASE_TEMPLATE("back end: ...", Kind, PosixBackEnd, UringBackEnd) {
//     const auto io = make_back_end<Kind>();
//     if (!io) return;   // io_uring is not allowed here, and the test has said so
#pragma once

#include <doctest/doctest.h>

#include <reprise/core/back_end/posix.h>
#include <reprise/core/back_end/uring.h>
#include <reprise/core/network/stream.h>

#include <memory>
#include <string>
#include <string_view>

namespace reprise::tests {

struct PosixBackEnd {
  static Result<std::unique_ptr<BackEnd>> make() { return make_posix_io(); }
};
struct UringBackEnd {
  static Result<std::unique_ptr<BackEnd>> make() { return make_uring_io(); }
};

/// Whether the system, or the build, has no such back end.
inline bool is_not_allowed(IOError error) {
  return error == IOError::not_permitted || error == IOError::not_implemented ||
         error == IOError::no_access;
}

template <class Kind>
std::unique_ptr<BackEnd> make_back_end() {
  Result<std::unique_ptr<BackEnd>> made = Kind::make();
  if (!made.ok() && is_not_allowed(made.error())) {
    MESSAGE("nothing tested: this back end is not allowed here: " << to_string(made.error()));
    return nullptr;
  }
  REQUIRE(made.error() == IOError::none);
  return std::move(made).value();
}

inline std::unique_ptr<File> open_at(BackEnd& io, std::string_view path, OpenOptions options = {}) {
  OpenResult opened = io.open(path, options);
  REQUIRE(opened.error() == IOError::none);
  return std::move(opened).value();
}

/// Whether this system can listen at `address`: some have no IPv6. The test says so if not.
inline bool can_listen_at(BackEnd& io, std::string_view address) {
  const bool can = io.listen(address).ok();
  if (!can) MESSAGE("not tested, since nobody can listen there on this system: " << address);
  return can;
}

/// Turns until it has finished; gives its error.
inline IOError finish(BackEnd& io, const Completion& completion) {
  while (!completion.finished()) io.turn(BackEnd::Wait::until_event);
  return completion.get_error();
}

/// Turns until nothing is in flight.
inline void drain(BackEnd& io) {
  while (io.in_flight() != 0) io.turn(BackEnd::Wait::until_event);
}

/// The bytes of `text`, aligned for direct I/O.
inline Buffer bytes_of(std::string_view text) {
  const Buffer buffer = Buffer::allocate(text.size(), 4096);
  for (std::size_t i = 0; i < text.size(); ++i) buffer.data()[i] = static_cast<std::byte>(text[i]);
  return buffer;
}

inline std::string text_in(const Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), buffer.size()};
}

}  // namespace reprise::tests

TYPE_TO_STRING(reprise::tests::PosixBackEnd);
TYPE_TO_STRING(reprise::tests::UringBackEnd);
