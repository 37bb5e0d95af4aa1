// libssh2 against a server on libssh, in one world: log in, run a command, send it bytes and hear
// them again, close. What comes back is what was sent; calls fail only where the connection is
// lost.
#include "scenarios/libraries/libssh2/conversation.h"

#include <reprise/reprise.h>

#include <libssh2.h>
#include <cstddef>
#include <cstdint>
#include <string>

namespace reprise::libraries::libssh2 {
namespace {

/// Bugs of libssh2 1.10 that are not met unless `--set known-bugs=` asks for one.
enum KnownBug : std::int64_t {
  small_window = 1,  // a window's adjustment that must be sent again is booked with another size
  host_key = 2,      // another exchange of keys by curves forgets the block with the host's key
  giving_up = 3,     // a session that is freed in the middle of a handshake leaves blocks
  ignored_data = 4,  // one that is freed while it ignores data frees them twice
};

class Commands {
 public:
  Commands(Sim& sim, Session& session) : sim_(sim), session_(session) {}

  void run(const std::string& text, unsigned window, bool gives_up_late) {
    if (!session_.log_in() || !open_channel(window)) return;
    if (gives_up_late) session_.give_up();
    if (talk(text)) sim_.reached("what was sent came back");
    session_.does("the channel's end", [&] { return libssh2_channel_free(channel_); });
  }

 private:
  bool open_channel(unsigned window) {
    return session_.makes("the channel", [&] {
      channel_ = libssh2_channel_open_ex(session_.get(), "session", 7, window,
                                         LIBSSH2_CHANNEL_PACKET_DEFAULT, nullptr, 0);
      return channel_;
    });
  }
  bool talk(const std::string& text) {
    std::string heard;
    if (!session_.does("to ignore the error stream",
                       [&] {
                         return libssh2_channel_handle_extended_data2(
                             channel_, LIBSSH2_CHANNEL_EXTENDED_DATA_IGNORE);
                       }) ||
        !session_.does("exec", [&] { return libssh2_channel_exec(channel_, "cat"); }) ||
        !write(text) ||
        !session_.does("the eof", [&] { return libssh2_channel_send_eof(channel_); }) ||
        !read(heard) ||
        !session_.does("the close", [&] { return libssh2_channel_close(channel_); }) ||
        !session_.does("its wait", [&] { return libssh2_channel_wait_closed(channel_); })) {
      return false;
    }
    sim_.expect_eq(heard, text, "what comes back");
    sim_.expect_eq(libssh2_channel_get_exit_status(channel_), 7, "the exit status");
    return true;
  }
  bool write(const std::string& text) {
    return session_.write(text, [&](const char* bytes, std::size_t size) {
      return libssh2_channel_write(channel_, bytes, size);
    });
  }
  bool read(std::string& heard) {
    return session_.read(heard, 100, [&](char* bytes, std::size_t size) {
      return libssh2_channel_read(channel_, bytes, size);
    });
  }

  Sim& sim_;
  Session& session_;
  LIBSSH2_CHANNEL* channel_ = nullptr;
};

SCENARIO("libraries/libssh2") {
  const std::int64_t bug = sim.option("known-bugs", 0);
  const bool has_manners = bug == 0 || bug == host_key;
  const Manners manners{
      .bytes_per_key =
          has_manners && sim.flip("new keys") ? 200 + sim.choose("bytes a key", 2000) : 0,
      .talks_aside = bug == ignored_data || (has_manners && sim.flip("the server talks aside"))};
  const std::string text = text_of(sim.choose("bytes", 2000));
  converse(sim, manners, [&](Session& session) {
    if (manners.bytes_per_key != 0 && bug != host_key) session.exchange_keys_without_curves();
    if (bug == giving_up) session.give_up();
    const bool is_small = bug == small_window && sim.flip("a small window");
    const unsigned window = is_small ? 1 + sim.choose("bytes of the window", 300) : 1U << 20U;
    Commands(sim, session).run(text, window, bug == ignored_data);
  });
}

}  // namespace
}  // namespace reprise::libraries::libssh2
