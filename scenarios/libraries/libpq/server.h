// A server that speaks PostgreSQL's protocol, version 3, as far as a password and simple queries:
// "rows 3 20" gives three rows, "error" an error, "" nothing; several are separated by ';'.
#pragma once

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace reprise::libraries::libpq {

/// The value in a row; null where it has no size.
inline std::string value_at(std::uint32_t row, std::uint32_t size) {
  return std::to_string(row) + text_of(size);
}

class Server {
 public:
  Server(Sim& sim, Stream& stream) : sim_(sim), stream_(stream) {}

  void run() {
    if (!begin()) return;
    for (;;) {
      char type = 0;
      const std::string query = message(type);
      if (type != 'Q') return;
      bool goes_on = true;
      for (std::size_t at = 0; goes_on && at < query.size();) {
        const std::size_t end =
            std::min(query.find_first_of(std::string_view(";\0", 2), at), query.size());
        goes_on = answer(query.substr(at, end - at));
        at = end + 1;
        if (end == query.size() || query[end] == '\0') break;
      }
      put('Z', "I");
      if (!flush()) return;
    }
  }

 private:
  static std::string number(std::uint32_t value, unsigned bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(value >> (8 * bytes) & 0xFF);
    return text;
  }
  void put(char type, std::string_view body) {
    out_ += type + number(static_cast<std::uint32_t>(body.size()) + 4, 4) + std::string(body);
  }
  void put_setting(std::string_view name, std::string_view value) {
    put('S', std::string(name) + '\0' + std::string(value) + '\0');
  }
  bool flush() {
    const bool sent = network::send_all(sim_, stream_, out_);
    out_.clear();
    return sent;
  }
  /// Empty if the connection ends.
  std::string body() {
    const std::string head = network::receive(sim_, stream_, 4);
    if (head.size() < 4) return {};
    std::uint32_t size = 0;
    for (const char byte : head) size = size << 8U | static_cast<unsigned char>(byte);
    return network::receive(sim_, stream_, size - 4);
  }
  /// The type is 0 if the connection ends.
  std::string message(char& type) {
    const std::string first = network::receive(sim_, stream_, 1);
    type = first.empty() ? '\0' : first[0];
    return first.empty() ? std::string() : body();
  }

  bool begin() {
    if (body().empty()) return false;
    if (sim_.flip("asks for a password")) {
      put('R', number(3, 4));
      char type = 0;
      if (!flush() || message(type) != std::string("secret\0", 7)) return false;
    }
    put('R', number(0, 4));
    put_setting("client_encoding", "UTF8");
    put_setting("server_version", "15.0");
    put('K', number(7, 4) + number(11, 4));
    put('Z', "I");
    return flush();
  }
  /// False after an error: what comes behind it is left out.
  bool answer(const std::string& query) {
    std::uint32_t rows = 0;
    std::uint32_t size = 0;
    if (query == "error") {
      put('E', std::string("SERROR\0C22012\0Mon purpose\0\0", 28));
      return false;
    }
    if (query == "notice") put('N', std::string("SNOTICE\0C00000\0Mby the way\0\0", 28));
    if (std::sscanf(query.c_str(), "rows %u %u", &rows, &size) != 2) {
      put('I', "");
      return true;
    }
    put('T', number(1, 2) + std::string("value\0", 6) + number(0, 4) + number(0, 2) +
                 number(25, 4) + number(0xFFFF, 2) + number(0xFFFFFFFF, 4) + number(0, 2));
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::string value = value_at(row, size);
      put('D',
          number(1, 2) + (size == 0 ? number(0xFFFFFFFF, 4)
                                    : number(static_cast<std::uint32_t>(value.size()), 4) + value));
    }
    put('C', "SELECT " + std::to_string(rows) + '\0');
    return true;
  }

  Sim& sim_;
  Stream& stream_;
  std::string out_;
};

}  // namespace reprise::libraries::libpq
