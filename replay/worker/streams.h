// The standard streams and other file descriptors of workers and their supervisor.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace reprise {

/// `fd`, or a duplicate of it, that is not one of the three standard streams, even if those were
/// closed; -1 if `fd` is -1 or no descriptor is free.
int beyond_standard_streams(int fd);

/// In a worker: stdin is empty; stdout and stderr go to stderr or, if `silent`, nowhere.
void redirect_standard_streams(bool silent);
/// In a worker: stdout and stderr go to `fd`, line by line.
void redirect_output_to(int fd);

/// A text of which only the beginning and the end are kept when it is long.
class ShortenedText {
 public:
  void append(std::string_view text);
  /// The kept text; where something was left out, it says how much.
  std::string text() const;

 private:
  static constexpr std::size_t head_max = std::size_t{8} << 10;
  static constexpr std::size_t tail_max = std::size_t{24} << 10;

  std::string head_;
  std::string tail_;
  std::size_t left_out_ = 0;
};

}  // namespace reprise
