// What Reprise needs to know of meter: its device by a file of ours, what its answers mean, and its
// await macro. CMakeLists.txt has the compiler include this before meter's own sources, so that
// each TRY_READY is an await site; the sources are as they were.
#pragma once

#include <reprise/core/adapter.h>
#include <reprise/core/callback_io.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include "poll.h"

/// A token that knows its I/O.
struct MeterToken final : meter::Token {
  reprise::Completion io;
};

class MeterDevice final : public meter::Device {
 public:
  explicit MeterDevice(reprise::File& file) : file_(file) {}

  std::shared_ptr<const meter::Token> read(std::uint64_t offset, std::span<std::byte> to) override {
    auto token = std::make_shared<MeterToken>();
    token->io = io_.read(file_, offset, to, [token](reprise::Result<std::uint64_t> bytes) {
      token->finished = true;
      token->error = static_cast<int>(bytes.error());
      token->bytes = bytes.ok() ? bytes.value() : 0;
    });
    return token;
  }

 private:
  reprise::File& file_;
  reprise::CallbackIO io_;
};

template <class T>
struct reprise::ResultAdapter<meter::Poll<T>> {
  using Value = T;
  using Poll = meter::Poll<T>;

  static AdaptedAnswer answer(const Poll& poll) {
    if (std::holds_alternative<meter::Pending>(poll)) return AdaptedAnswer::io;
    return std::holds_alternative<meter::Failed>(poll) ? AdaptedAnswer::error : AdaptedAnswer::done;
  }
  static T value(Poll&& poll) { return std::move(std::get<0>(poll).value); }
  static IOError error(const Poll& poll) {
    return static_cast<IOError>(std::get<meter::Failed>(poll).error);
  }
  static Completion waits_for(const Poll& poll) {
    const auto& token = std::get<meter::Pending>(poll).token;
    return token ? static_cast<const MeterToken&>(*token).io : Completion::yield();
  }
  static Poll done(T value) { return meter::Ready<T>{std::move(value)}; }
  static Poll yield() { return meter::Pending{}; }
};

// As in poll.h, but for ADAPTED_AWAIT.
#undef TRY_READY
#define TRY_READY(...)                                                         \
  __extension__({                                                              \
    auto poll = ADAPTED_AWAIT(#__VA_ARGS__, __VA_ARGS__);                      \
    if (auto* pending = std::get_if<::meter::Pending>(&poll)) return *pending; \
    if (auto* failed = std::get_if<::meter::Failed>(&poll)) return *failed;    \
    std::move(std::get<0>(poll).value);                                        \
  })
