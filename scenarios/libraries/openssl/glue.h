// What OpenSSL is given: a BIO over a stream, and a key that both ends know.
#pragma once

#include "scenarios/libraries/tls.h"

#include <reprise/reprise.h>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <algorithm>
#include <memory>
#include <string_view>

namespace reprise::libraries::openssl {

/// The stream of an end, and whether it is lost or has ended.
struct Line {
  Stream& stream;
  bool is_down = false;

  int moved(std::ptrdiff_t count) {
    is_down = is_down || count == is_lost || count == 0;
    return std::max(static_cast<int>(count), -1);
  }
};

using BioMethod = std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)>;

/// BIOs whose data is a Line.
inline BioMethod make_method() {
  BioMethod method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream"), &BIO_meth_free);
  BIO_meth_set_write(method.get(), [](BIO* bio, const char* bytes, int size) {
    auto& line = *static_cast<Line*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto count = send_some(line.stream, bytes, static_cast<std::size_t>(size));
    if (count == would_block) BIO_set_retry_write(bio);
    return line.moved(count);
  });
  BIO_meth_set_read(method.get(), [](BIO* bio, char* bytes, int size) {
    auto& line = *static_cast<Line*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const auto count = receive_some(line.stream, bytes, static_cast<std::size_t>(size));
    if (count == would_block) BIO_set_retry_read(bio);
    return line.moved(count);
  });
  BIO_meth_set_ctrl(method.get(),
                    [](BIO*, int what, long, void*) { return long{what == BIO_CTRL_FLUSH}; });
  return method;
}

inline unsigned use_key(unsigned char* to, unsigned size) {
  constexpr std::string_view key = "a key that both ends know";
  std::copy_n(key.begin(), std::min<std::size_t>(key.size(), size), to);
  return static_cast<unsigned>(key.size());
}

}  // namespace reprise::libraries::openssl
