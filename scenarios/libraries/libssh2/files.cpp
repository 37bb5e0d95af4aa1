// A file that goes to the server and comes back by SFTP, whose calls libssh2 makes in several steps
// each: what comes back is what was sent.
#include "scenarios/libraries/libssh2/conversation.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <libssh2_sftp.h>
#include <cstddef>
#include <cstdint>
#include <string>

namespace reprise::libraries::libssh2 {
namespace {

class Transfer {
 public:
  Transfer(Sim& sim, Session& session) : sim_(sim), session_(session) {}

  bool copy(const std::string& text) {
    if (!session_.makes("the start of SFTP", [&] {
          sftp_ = libssh2_sftp_init(session_.get());
          return sftp_;
        })) {
      return false;
    }
    std::string heard;
    const bool is_copied = send(text) && fetch(heard);
    if (is_copied) sim_.expect_eq(heard, text, "the file");
    return session_.does("its end", [&] { return libssh2_sftp_shutdown(sftp_); }) && is_copied;
  }

 private:
  bool send(const std::string& text) {
    if (!open(LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC)) return false;
    const bool is_written = write(text) && has_size(text.size());
    return close() && is_written;
  }
  bool fetch(std::string& heard) {
    if (!open(LIBSSH2_FXF_READ)) return false;
    const bool is_read = read(heard);
    return close() && is_read;
  }
  bool open(unsigned long flags) {
    return session_.makes("an open", [&] {
      file_ = libssh2_sftp_open(sftp_, "file", flags, 0600);
      return file_;
    });
  }
  bool close() {
    return session_.does("a close", [&] { return libssh2_sftp_close(file_); });
  }
  bool write(const std::string& text) {
    return session_.write(text, [&](const char* bytes, std::size_t size) {
      return libssh2_sftp_write(file_, bytes, size);
    });
  }
  bool has_size(std::uint64_t size) {
    LIBSSH2_SFTP_ATTRIBUTES attributes = {};
    if (!session_.does("a stat", [&] { return libssh2_sftp_fstat(file_, &attributes); })) {
      return false;
    }
    return sim_.expect_eq(attributes.filesize, size, "the file's size");
  }
  bool read(std::string& heard) {
    return session_.read(heard, 600, [&](char* bytes, std::size_t size) {
      return libssh2_sftp_read(file_, bytes, size);
    });
  }

  Sim& sim_;
  Session& session_;
  LIBSSH2_SFTP* sftp_ = nullptr;
  LIBSSH2_SFTP_HANDLE* file_ = nullptr;
};

SCENARIO("libraries/libssh2-sftp") {
  const Manners manners{
      .bytes_per_key = sim.flip("new keys") ? 200 + sim.choose("bytes a key", 2000) : 0,
      .bytes_per_read = sim.flip("short answers") ? 1 + sim.choose("bytes an answer", 300) : 0};
  const std::string text = text_of(sim.choose("bytes", SftpFile::room));
  converse(sim, manners, [&](Session& session) {
    if (manners.bytes_per_key != 0) session.exchange_keys_without_curves();
    if (session.log_in() && Transfer(sim, session).copy(text)) sim.reached("the file came back");
  });
}

}  // namespace
}  // namespace reprise::libraries::libssh2
