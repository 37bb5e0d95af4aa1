// OpenSSL over a stream, with a key that both ends know: handshake, echo, new keys, close.
#include "scenarios/libraries/openssl/randomness.h"

#include "scenarios/libraries/tls.h"

#include <reprise/reprise.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <algorithm>
#include <memory>
#include <string_view>

namespace reprise::libraries::openssl {
namespace {

constexpr std::string_view key = "a key that both ends know";

SSL_CTX* new_context(Randomness& of) {
  use_for_openssl(of);
  return SSL_CTX_new(TLS_method());
}

unsigned use_key(unsigned char* to, unsigned size) {
  std::copy_n(key.begin(), std::min<std::size_t>(key.size(), size), to);
  return static_cast<unsigned>(key.size());
}

struct End {
  Stream& stream;
  Randomness own_randomness;
  bool is_down = false;
  std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;

  End(Sim& sim, Stream& over, bool is_server)
      : stream(over),
        own_randomness(sim),
        method(BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream"), &BIO_meth_free),
        context(new_context(own_randomness), &SSL_CTX_free),
        ssl(nullptr, &SSL_free) {
    BIO_meth_set_write(method.get(), [](BIO* bio, const char* bytes, int size) {
      auto& end = *static_cast<End*>(BIO_get_data(bio));
      BIO_clear_retry_flags(bio);
      const auto count = send_some(end.stream, bytes, static_cast<std::size_t>(size));
      if (count == would_block) BIO_set_retry_write(bio);
      return end.moved(count);
    });
    BIO_meth_set_read(method.get(), [](BIO* bio, char* bytes, int size) {
      auto& end = *static_cast<End*>(BIO_get_data(bio));
      BIO_clear_retry_flags(bio);
      const auto count = receive_some(end.stream, bytes, static_cast<std::size_t>(size));
      if (count == would_block) BIO_set_retry_read(bio);
      return end.moved(count);
    });
    BIO_meth_set_ctrl(method.get(),
                      [](BIO*, int what, long, void*) { return long{what == BIO_CTRL_FLUSH}; });
    SSL_CTX_set_options(context.get(), SSL_OP_ALLOW_NO_DHE_KEX | SSL_OP_NO_TICKET);
    SSL_CTX_set_max_proto_version(context.get(),
                                  sim.option("tls", 13) == 12 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_num_tickets(context.get(), static_cast<std::size_t>(sim.option("tickets", 0)));
    SSL_CTX_set_cipher_list(context.get(), "PSK-AES128-GCM-SHA256");
    SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set_psk_client_callback(context.get(), [](SSL*, const char*, char* name, unsigned,
                                                      unsigned char* to, unsigned size) {
      std::copy_n("client", 7, name);
      return use_key(to, size);
    });
    SSL_CTX_set_psk_server_callback(context.get(), [](SSL*, const char*, unsigned char* to,
                                                      unsigned size) { return use_key(to, size); });
    ssl.reset(SSL_new(context.get()));
    BIO* bio = BIO_new(method.get());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    is_server ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
  }
  End(const End&) = delete;

  int moved(std::ptrdiff_t count) {
    is_down = is_down || count == is_lost || count == 0;
    return std::max(static_cast<int>(count), -1);
  }
  SSL* begin() {
    use_for_openssl(own_randomness);
    ERR_clear_error();
    return ssl.get();
  }

  int shake_hands() { return SSL_do_handshake(begin()); }
  int write(const char* text, std::size_t size) {
    return SSL_write(begin(), text, static_cast<int>(size));
  }
  int read(char* to, std::size_t size) { return SSL_read(begin(), to, static_cast<int>(size)); }
  int renew_keys() {
    if (SSL_version(begin()) != TLS1_3_VERSION) return 1;
    if (SSL_get_key_update_type(ssl.get()) == SSL_KEY_UPDATE_NONE)
      SSL_key_update(ssl.get(), SSL_KEY_UPDATE_REQUESTED);
    return SSL_do_handshake(ssl.get());
  }
  int close() { return SSL_shutdown(begin()); }

  Again again(int answer) const {
    switch (SSL_get_error(ssl.get(), answer)) {
      case SSL_ERROR_WANT_READ: return Again::when_readable(stream);
      case SSL_ERROR_WANT_WRITE: return Again::when_writable(stream);
      default: return Again::no();
    }
  }
  static bool is_good(int answer) { return answer >= 0; }
  bool has_other_closed(int answer) const {
    return SSL_get_error(ssl.get(), answer) == SSL_ERROR_ZERO_RETURN;
  }
  bool is_line_down() const { return is_down; }
};

SCENARIO("libraries/openssl") { echo_over_tls<End>(sim); }

}  // namespace
}  // namespace reprise::libraries::openssl
