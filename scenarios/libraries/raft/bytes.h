// BytesOut and BytesIn: numbers and texts as bytes, for messages and for records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::libraries::consensus {

class BytesOut {
 public:
  BytesOut& number(std::uint64_t value) {
    for (int i = 0; i < 8; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    return *this;
  }
  BytesOut& text(std::string_view text) {
    number(text.size());
    bytes_ += text;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what BytesOut has written. What is not there reads as 0 or as no text.
class BytesIn {
 public:
  explicit BytesIn(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    const std::string_view bytes = take(8);
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
    }
    return value;
  }
  std::string_view text() { return take(number()); }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) return rest_ = {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace reprise::libraries::consensus
