// IOError: why an I/O failed. The values are those of errno, so every back end can pass on the
// errors of its kernel. A machine may use them for its own failures too (`IOError::corrupt`).
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>

namespace reprise {

enum class IOError : std::int32_t {
  none = 0,
  not_permitted = EPERM,
  not_found = ENOENT,
  interrupted = EINTR,  // no effect; try again
  io = EIO,
  bad_file = EBADF,
  try_again = EAGAIN,  // no effect; try again
  no_memory = ENOMEM,
  no_access = EACCES,
  busy = EBUSY,
  exists = EEXIST,
  other_device = EXDEV,
  not_a_folder = ENOTDIR,
  is_a_folder = EISDIR,
  invalid = EINVAL,
  too_many_files = EMFILE,
  too_large = EFBIG,
  no_space = ENOSPC,
  quota = EDQUOT,
  read_only = EROFS,
  broken_pipe = EPIPE,  // this end, or the other, sends no more or is closed
  not_implemented = ENOSYS,
  not_supported = EOPNOTSUPP,
  corrupt = EBADMSG,            // the bytes are not those that were written
  message_too_long = EMSGSIZE,  // for a datagram, or for who receives it
  address_in_use = EADDRINUSE,
  address_not_available = EADDRNOTAVAIL,
  connection_reset = ECONNRESET,  // by the other end, or on the way
  not_connected = ENOTCONN,
  timed_out = ETIMEDOUT,
  connection_refused = ECONNREFUSED,  // nobody listens there
  unreachable = EHOSTUNREACH,
  cancelled = ECANCELED,
};

/// The errno name (`EIO`), or `error 1234` for a value not listed here. The same on every machine.
std::string to_string(IOError error);

/// True for the two errors that mean "nothing happened, submit it again" (EINTR, EAGAIN).
constexpr bool is_retryable(IOError error) {
  return error == IOError::interrupted || error == IOError::try_again;
}

}  // namespace reprise
