// A server on libssh, as its guide writes one: it listens, accepts and waits by itself, in blocking
// calls. It lets "user" in with the password "secret", and runs one command, "cat", or the
// subsystem "sftp" (sftp_file.h).
#pragma once

#include "scenarios/libraries/libssh2/sftp_file.h"

#include <libssh/libssh.h>
#include <libssh/server.h>
#include <array>
#include <cstdint>
#include <cstring>

namespace reprise::libraries::libssh2 {

/// How it behaves.
struct Manners {
  std::uint64_t bytes_per_key = 0;   // then both ends agree on new keys; 0: never
  bool talks_aside = false;          // says what it gets on the error stream, too
  std::uint32_t bytes_per_read = 0;  // the most that SFTP gives for a read; 0: what is asked for
};

/// Plain data, so that its frames may be dropped (sim.foreign()).
struct Server {
  Manners manners;
  ssh_session session = nullptr;
  ssh_channel channel = nullptr;
  bool is_for_files = false;
  SftpFile file = {};

  void serve(ssh_bind door) {
    session = ssh_new();
    if (manners.bytes_per_key != 0) {
      ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, &manners.bytes_per_key);
    }
    if (ssh_bind_accept(door, session) == SSH_OK && ssh_handle_key_exchange(session) == SSH_OK &&
        answer_until_command()) {
      if (is_for_files) {
        file.serve(session, channel, manners.bytes_per_read);
      } else {
        send_back();
      }
      wait_for_end();
    }
    ssh_disconnect(session);
    ssh_free(session);
  }

 private:
  static bool asks_for_cat(ssh_message message) {
    return ssh_message_subtype(message) == SSH_CHANNEL_REQUEST_EXEC &&
           std::strcmp(ssh_message_channel_request_command(message), "cat") == 0;
  }
  static bool asks_for_files(ssh_message message) {
    return ssh_message_subtype(message) == SSH_CHANNEL_REQUEST_SUBSYSTEM &&
           std::strcmp(ssh_message_channel_request_subsystem(message), "sftp") == 0;
  }
  /// Whether it is to be carried out.
  bool allows(ssh_message message) {
    switch (ssh_message_type(message)) {
      case SSH_REQUEST_AUTH:
        return ssh_message_subtype(message) == SSH_AUTH_METHOD_PASSWORD &&
               std::strcmp(ssh_message_auth_user(message), "user") == 0 &&
               std::strcmp(ssh_message_auth_password(message), "secret") == 0 &&
               ssh_message_auth_reply_success(message, 0) == SSH_OK;
      case SSH_REQUEST_CHANNEL_OPEN:
        channel = ssh_message_channel_request_open_reply_accept(message);
        return channel != nullptr;
      case SSH_REQUEST_CHANNEL:
        is_for_files = asks_for_files(message);
        return (is_for_files || asks_for_cat(message)) &&
               ssh_message_channel_request_reply_success(message) == SSH_OK;
      default: return false;
    }
  }
  bool answer_until_command() {
    while (ssh_message message = ssh_message_get(session)) {
      const bool is_command = ssh_message_type(message) == SSH_REQUEST_CHANNEL;
      const bool is_allowed = allows(message);
      if (!is_allowed) {
        ssh_message_auth_set_methods(message, SSH_AUTH_METHOD_PASSWORD);
        ssh_message_reply_default(message);
      }
      ssh_message_free(message);
      if (is_command && is_allowed) return true;
    }
    return false;
  }
  /// Else what the client still says would make its end of the connection lose what it has not
  /// read.
  void wait_for_end() {
    while (ssh_message message = ssh_message_get(session)) ssh_message_free(message);
  }
  void send_back() {
    std::array<char, 200> bytes{};
    for (;;) {
      const int size =
          ssh_channel_read(channel, bytes.data(), static_cast<std::uint32_t>(bytes.size()), 0);
      if (size < 0) return;
      if (size == 0) break;
      if (manners.talks_aside) {
        ssh_channel_write_stderr(channel, bytes.data(), static_cast<std::uint32_t>(size));
      }
      if (ssh_channel_write(channel, bytes.data(), static_cast<std::uint32_t>(size)) != size)
        return;
    }
    ssh_channel_request_send_exit_status(channel, 7);
    ssh_channel_send_eof(channel);
    ssh_channel_close(channel);
  }
};

inline void serve_one(const Manners& manners) {
  ssh_key key = nullptr;  // the door's, as soon as it has it
  ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key);
  const ssh_bind door = ssh_bind_new();
  const bool no_files = false;
  ssh_bind_options_set(door, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no_files);
  ssh_bind_options_set(door, SSH_BIND_OPTIONS_BINDADDR, "127.0.0.1");
  ssh_bind_options_set(door, SSH_BIND_OPTIONS_BINDPORT_STR, "7000");
  ssh_bind_options_set(door, SSH_BIND_OPTIONS_IMPORT_KEY, key);
  if (ssh_bind_listen(door) == SSH_OK) {
    Server server{manners};
    server.serve(door);
  }
  ssh_bind_free(door);
}

}  // namespace reprise::libraries::libssh2
