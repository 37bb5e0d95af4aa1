// Somebody's own asynchronous style: an answer is a variant, an I/O a token, and TRY_READY the way
// to call what may not be ready.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>

namespace meter {

/// One I/O: who waits for it asks again once it has finished.
struct Token {
  virtual ~Token() = default;
  bool finished = false;
  int error = 0;  // an errno
  std::size_t bytes = 0;
};

template <class T>
struct Ready {
  T value;
};
struct Pending {
  std::shared_ptr<const Token> token;  // none: ask again at once
};
struct Failed {
  int error;
};
template <class T>
using Poll = std::variant<Ready<T>, Pending, Failed>;

struct Device {
  virtual ~Device() = default;
  virtual std::shared_ptr<const Token> read(std::uint64_t offset, std::span<std::byte> to) = 0;
};

}  // namespace meter

#define TRY_READY(...)                                                         \
  __extension__({                                                              \
    auto poll = (__VA_ARGS__);                                                 \
    if (auto* pending = std::get_if<::meter::Pending>(&poll)) return *pending; \
    if (auto* failed = std::get_if<::meter::Failed>(&poll)) return *failed;    \
    std::move(std::get<0>(poll).value);                                        \
  })
