#include "turnstile.h"

#include <cstring>
#include <utility>

using reprise::Buffer;
using reprise::IOResult;
using reprise::Unit;

IOResult<std::uint32_t> Turnstile::pass() {
  if (counts_too_early_) {
    count_ += 1;
    RETURN_IF_IO(store());
  } else {
    RETURN_IF_IO(store());
    count_ += 1;
  }
  return *count_;
}

IOResult<Unit> Turnstile::store() {
  if (!written_) {
    const std::uint32_t count = *count_;
    const Buffer page = Buffer::allocate(sizeof count);
    std::memcpy(page.bytes().data(), &count, sizeof count);
    written_ = file_.pwrite(0, page);
  }
  if (!written_.finished()) IO_YIELD_ONE(written_);
  const reprise::Completion written = std::move(written_);
  written_ = {};
  if (!written.succeeded()) return written.get_error();
  return Unit{};
}
