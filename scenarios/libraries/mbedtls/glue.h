// What mbedTLS is given: a stream, random bytes, and a key that both ends know.
#pragma once

#include "scenarios/libraries/tls.h"

#include <reprise/reprise.h>

#include <mbedtls/ssl.h>
#include <array>

namespace reprise::libraries::mbedtls {

constexpr std::array<unsigned char, 16> key = {1, 2, 3};
constexpr std::array suites = {MBEDTLS_TLS_PSK_WITH_AES_128_GCM_SHA256, 0};  // without costly keys

struct End {
  Stream& stream;
  Randomness randomness;
  bool is_down = false;
  mbedtls_ssl_config config = {};
  mbedtls_ssl_context ssl = {};

  End(Sim& sim, Stream& over, bool is_server) : stream(over), randomness(sim) {
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_defaults(&config, is_server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    mbedtls_ssl_conf_ciphersuites(&config, suites.data());
    mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_psk(&config, key.data(), key.size(), key.data(), key.size());
    const auto random = [](void* of, unsigned char* to, std::size_t size) {
      static_cast<Randomness*>(of)->fill(to, size);
      return 0;
    };
    mbedtls_ssl_conf_rng(&config, random, &randomness);
    mbedtls_ssl_setup(&ssl, &config);
    mbedtls_ssl_set_bio(
        &ssl, this,
        [](void* of, const unsigned char* bytes, std::size_t size) {
          auto& end = *static_cast<End*>(of);
          return end.moved(send_some(end.stream, bytes, size), MBEDTLS_ERR_SSL_WANT_WRITE);
        },
        [](void* of, unsigned char* bytes, std::size_t size) {
          auto& end = *static_cast<End*>(of);
          return end.moved(receive_some(end.stream, bytes, size), MBEDTLS_ERR_SSL_WANT_READ);
        },
        nullptr);
  }
  End(const End&) = delete;
  ~End() {
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
  }
  int moved(std::ptrdiff_t count, int again) {
    if (count == would_block) return again;
    is_down = is_down || count <= 0;
    return count == is_lost ? MBEDTLS_ERR_SSL_INTERNAL_ERROR : static_cast<int>(count);
  }
  int shake_hands() { return mbedtls_ssl_handshake(&ssl); }
  int write(const char* text, std::size_t size) {
    return mbedtls_ssl_write(&ssl, reinterpret_cast<const unsigned char*>(text), size);
  }
  int read(char* to, std::size_t size) {
    return mbedtls_ssl_read(&ssl, reinterpret_cast<unsigned char*>(to), size);
  }
  int renew_keys() { return mbedtls_ssl_renegotiate(&ssl); }
  int close() { return mbedtls_ssl_close_notify(&ssl); }

  Again again(int answer) const {
    if (answer == MBEDTLS_ERR_SSL_WANT_READ) return Again::when_readable(stream);
    if (answer == MBEDTLS_ERR_SSL_WANT_WRITE) return Again::when_writable(stream);
    return Again::no();
  }
  static bool is_good(int answer) { return answer == 0; }
  static bool has_other_closed(int answer) { return answer == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY; }
  bool is_line_down() const { return is_down; }
};

}  // namespace reprise::libraries::mbedtls
