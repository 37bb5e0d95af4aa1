// SftpFile: one file that a server on libssh gives and takes by SFTP.
#pragma once

#define SSH_SUPPRESS_DEPRECATED  // server.h has calls of the password, without a successor here
#define WITH_SERVER              // the calls of an SFTP server
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/sftp.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reprise::libraries::libssh2 {

/// Plain data, so that its frames may be dropped (sim.foreign()).
struct SftpFile {
  static constexpr std::uint32_t room = 2'000;
  std::array<char, room> bytes = {};
  std::uint32_t size = 0;

  /// Answers until the client has gone. A read gives at most `bytes_per_read`, if that is not 0.
  void serve(ssh_session session, ssh_channel channel, std::uint32_t bytes_per_read) {
    const sftp_session sftp = sftp_server_new(session, channel);
    if (sftp_server_init(sftp) == 0) {
      while (sftp_client_message message = sftp_get_client_message(sftp)) {
        answer(sftp, message, bytes_per_read == 0 ? room : bytes_per_read);
        sftp_client_message_free(message);
      }
    }
    sftp_server_free(sftp);
    ssh_channel_close(channel);
  }

 private:
  void answer(sftp_session sftp, sftp_client_message message, std::uint32_t most) {
    switch (sftp_client_message_get_type(message)) {
      case SSH_FXP_OPEN: return open(sftp, message);
      case SSH_FXP_WRITE: return write(message);
      case SSH_FXP_READ: return read(message, most);
      case SSH_FXP_FSTAT: return stat(message);
      case SSH_FXP_CLOSE:
        sftp_handle_remove(sftp, sftp_handle(sftp, message->handle));
        sftp_reply_status(message, SSH_FX_OK, nullptr);
        return;
      default: sftp_reply_status(message, SSH_FX_OP_UNSUPPORTED, nullptr);
    }
  }
  void open(sftp_session sftp, sftp_client_message message) {
    if ((sftp_client_message_get_flags(message) & SSH_FXF_TRUNC) != 0) size = 0;
    const ssh_string handle = sftp_handle_alloc(sftp, this);
    sftp_reply_handle(message, handle);
    ssh_string_free(handle);
  }
  void write(sftp_client_message message) {
    const std::size_t count = ssh_string_len(message->data);
    if (message->offset > room || count > room - message->offset) {
      sftp_reply_status(message, SSH_FX_FAILURE, "too large");
      return;
    }
    std::memcpy(bytes.data() + message->offset, ssh_string_data(message->data), count);
    size = std::max(size, static_cast<std::uint32_t>(message->offset + count));
    sftp_reply_status(message, SSH_FX_OK, nullptr);
  }
  void read(sftp_client_message message, std::uint32_t most) {
    if (message->offset >= size) {
      sftp_reply_status(message, SSH_FX_EOF, nullptr);
      return;
    }
    const auto from = static_cast<std::uint32_t>(message->offset);
    sftp_reply_data(message, bytes.data() + from,
                    static_cast<int>(std::min({message->len, size - from, most})));
  }
  void stat(sftp_client_message message) {
    sftp_attributes_struct attributes = {};
    attributes.flags = SSH_FILEXFER_ATTR_SIZE;
    attributes.size = size;
    sftp_reply_attr(message, &attributes);
  }
};

}  // namespace reprise::libraries::libssh2
