#include "machine.h"

#include <span>

namespace meter {

Poll<std::uint64_t> Meter::base() {
  if (!read_) read_ = device_.read(0, std::span(&first_, 1));
  if (!read_->finished) return Pending{read_};
  if (read_->error != 0) return Failed{read_->error};
  return Ready<std::uint64_t>{read_->bytes == 0 ? 0 : std::to_integer<std::uint64_t>(first_)};
}

Poll<std::uint64_t> Meter::add(std::uint64_t amount) {
  const std::uint64_t from = TRY_READY(base());
  added_ += amount;
  return Ready<std::uint64_t>{from + added_};
}

Poll<std::uint64_t> Meter::add_hastily(std::uint64_t amount) {
  added_ += amount;                              // changed first ...
  const std::uint64_t from = TRY_READY(base());  // ... and then it may be pending
  return Ready<std::uint64_t>{from + added_};
}

}  // namespace meter
