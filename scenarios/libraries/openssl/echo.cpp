// OpenSSL over a stream, with a key that both ends know: handshake, echo, new keys, close.
#include "scenarios/libraries/openssl/glue.h"
#include "scenarios/libraries/openssl/randomness.h"

#include <reprise/reprise.h>

#include <openssl/err.h>
#include <algorithm>
#include <memory>

namespace reprise::libraries::openssl {
namespace {

SSL_CTX* new_context(Randomness& of) {
  use_for_openssl(of);
  return SSL_CTX_new(TLS_method());
}

struct End {
  Line line;
  Randomness own_randomness;
  BioMethod method;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl;

  End(Sim& sim, Stream& over, bool is_server)
      : line{over},
        own_randomness(sim),
        method(make_method()),
        context(new_context(own_randomness), &SSL_CTX_free),
        ssl(nullptr, &SSL_free) {
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
    BIO_set_data(bio, &line);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl.get(), bio, bio);
    is_server ? SSL_set_accept_state(ssl.get()) : SSL_set_connect_state(ssl.get());
  }
  End(const End&) = delete;

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
      case SSL_ERROR_WANT_READ: return Again::when_readable(line.stream);
      case SSL_ERROR_WANT_WRITE: return Again::when_writable(line.stream);
      default: return Again::no();
    }
  }
  static bool is_good(int answer) { return answer >= 0; }
  bool has_other_closed(int answer) const {
    return SSL_get_error(ssl.get(), answer) == SSL_ERROR_ZERO_RETURN;
  }
  bool is_line_down() const { return line.is_down; }
};

SCENARIO("libraries/openssl") { echo_over_tls<End>(sim); }

}  // namespace
}  // namespace reprise::libraries::openssl
