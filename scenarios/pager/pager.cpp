#include "scenarios/pager/pager.h"

#include <algorithm>

namespace reprise::pager {

Pager::Pager(File& database, File& wal, PagerOptions options)
    : database_(database),
      defect_(options.defect),
      cache_(options.cache_frames),
      wal_(wal, options.defect) {}

IOResult<Unit> Pager::recover() {
  RETURN_IF_IO(wal_.recover());
  page_count_ = wal_.page_count();
  if (page_count_ == 0) {
    const Result<std::uint64_t> size = database_.size();
    if (!size) return size.error();
    page_count_ = size.value() / page_size;
  }
  return Unit{};
}

Transfer Pager::read_database(PageNumber page, const Buffer& bytes) const {
  return Transfer::read(database_, (page - 1) * page_size, bytes);
}

Transfer Pager::write_database(PageNumber page, const Buffer& bytes) const {
  return Transfer::write(database_, (page - 1) * page_size, bytes);
}

}  // namespace reprise::pager
