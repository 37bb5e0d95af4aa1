#include <reprise/core/io_error.h>

#include <reprise/core/internal/open.h>

namespace reprise {

std::string to_string(IOError error) {
  switch (error) {
    case IOError::none: return "none";
    case IOError::not_permitted: return "EPERM";
    case IOError::not_found: return "ENOENT";
    case IOError::interrupted: return "EINTR";
    case IOError::io: return "EIO";
    case IOError::bad_file: return "EBADF";
    case IOError::try_again: return "EAGAIN";
    case IOError::no_memory: return "ENOMEM";
    case IOError::no_access: return "EACCES";
    case IOError::busy: return "EBUSY";
    case IOError::exists: return "EEXIST";
    case IOError::other_device: return "EXDEV";
    case IOError::not_a_folder: return "ENOTDIR";
    case IOError::is_a_folder: return "EISDIR";
    case IOError::invalid: return "EINVAL";
    case IOError::too_many_files: return "EMFILE";
    case IOError::too_large: return "EFBIG";
    case IOError::no_space: return "ENOSPC";
    case IOError::quota: return "EDQUOT";
    case IOError::read_only: return "EROFS";
    case IOError::not_implemented: return "ENOSYS";
    case IOError::not_supported: return "EOPNOTSUPP";
    case IOError::corrupt: return "EBADMSG";
    case IOError::broken_pipe: return "EPIPE";
    case IOError::message_too_long: return "EMSGSIZE";
    case IOError::address_in_use: return "EADDRINUSE";
    case IOError::address_not_available: return "EADDRNOTAVAIL";
    case IOError::connection_reset: return "ECONNRESET";
    case IOError::not_connected: return "ENOTCONN";
    case IOError::timed_out: return "ETIMEDOUT";
    case IOError::connection_refused: return "ECONNREFUSED";
    case IOError::unreachable: return "EHOSTUNREACH";
    case IOError::cancelled: return "ECANCELED";
  }
  return "error " + std::to_string(static_cast<std::int32_t>(error));
}

}  // namespace reprise
