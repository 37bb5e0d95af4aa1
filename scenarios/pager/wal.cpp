#include "scenarios/pager/wal.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace reprise::pager {
namespace {

constexpr std::uint64_t magic = 0x5245505249534531;

struct Header {
  std::uint64_t magic = 0;
  std::uint64_t salt = 0;
  std::uint64_t checksum = 0;
};

struct FrameHeader {
  std::uint64_t page = no_page;
  std::uint64_t commit_mark = 0;
  std::uint64_t salt = 0;
  std::uint64_t checksum = 0;
};

constexpr std::size_t frame_size = sizeof(FrameHeader) + page_size;

std::uint64_t checksum_of(std::uint64_t before, const FrameHeader& header,
                          std::span<const std::byte> page) {
  std::uint64_t sum = mix(before, header.page);
  sum = mix(sum, header.commit_mark);
  sum = mix(sum, header.salt);
  return mix(sum, digest_of_text({reinterpret_cast<const char*>(page.data()), page.size()}));
}

}  // namespace

Wal::Wal(File& file, Defect defect) : file_(file), defect_(defect) {}

std::uint64_t Wal::size_of(FrameNumber frames) { return sizeof(Header) + frames * frame_size; }

bool Wal::sound() const {
  const bool before_tail =
      std::ranges::all_of(*index_, [this](const auto& entry) { return entry.second < tail_->end; });
  const Result<std::uint64_t> bytes = file_.size();
  return before_tail && (tail_->end == 0 || (bytes && bytes.value() >= size_of(tail_->end)));
}

std::uint64_t Wal::header_checksum() const { return mix(magic, salt_); }

void Wal::append(Batch& batch, Tail& tail, PageNumber page, std::uint64_t commit_mark,
                 const Buffer& bytes) const {
  REPRISE_ASSERT(!stale_, "prepare() the log before the first append");
  if (tail.end == 0) {
    tail.checksum = header_checksum();
    const Header header{magic, salt_, tail.checksum};
    const Buffer buffer = Buffer::allocate(sizeof header);
    std::memcpy(buffer.data(), &header, sizeof header);
    batch.add(Transfer::write(file_, 0, buffer));
  }
  FrameHeader header{page, commit_mark, salt_, 0};
  header.checksum = checksum_of(tail.checksum, header, bytes.bytes());
  const Buffer buffer = Buffer::allocate(frame_size);
  std::memcpy(buffer.data(), &header, sizeof header);
  std::memcpy(buffer.data() + sizeof header, bytes.data(), page_size);
  Transfer write = Transfer::write(file_, size_of(tail.end), buffer);
  if (defect_ == Defect::takes_short_write) write.accept_short();
  batch.add(std::move(write));
  tail = {tail.end + 1, header.checksum};
}

Transfer Wal::read(FrameNumber frame, const Buffer& page) const {
  return Transfer::read(file_, size_of(frame) + sizeof(FrameHeader), page);
}

void Wal::publish(const Tail& tail, const FrameIndex& frames, std::uint64_t page_count) {
  tail_ = tail;
  index_.modify([&](FrameIndex& index) {
    for (const auto& [page, frame] : frames) index[page] = frame;
  });
  page_count_ = page_count;
}

void Wal::restart() {
  tail_ = Tail{};
  index_.clear();
  page_count_ = 0;
  salt_ += 1;
  stale_ = true;
}

IOResult<Unit> Wal::prepare() {
  if (!stale_) return Unit{};
  if (!truncation_) truncation_ = Transfer::truncate(file_, 0);
  if (!truncation_->advance()) IO_YIELD_ONE(truncation_->pending());
  const IOError error = truncation_->error();
  truncation_.reset();
  if (error != IOError::none) return error;
  stale_ = false;
  return Unit{};
}

// --- Recovery ---

IOResult<Unit> Wal::recover() {
  IOResult<Unit> answer = scan();
  if (answer.is_done()) {
    publish(scan_.committed_tail, scan_.frames, scan_.page_count);
  }
  if (!answer.is_io()) scan_ = {};
  return answer;
}

IOResult<Unit> Wal::scan() {
  for (;;) {
    switch (scan_.state) {
      case Scan::State::begin:
        scan_.buffer = Buffer::allocate(sizeof(Header));
        scan_.transfer = Transfer::read(file_, 0, scan_.buffer);
        scan_.state = Scan::State::header;
        break;
      case Scan::State::header:
        RETURN_IF_IO(scan_.transfer.step());
        if (!take_header()) return Unit{};
        begin_frame();
        scan_.state = Scan::State::frame;
        break;
      case Scan::State::frame:
        RETURN_IF_IO(scan_.transfer.step());
        if (!take_frame()) return Unit{};
        begin_frame();
        break;
    }
  }
}

// The log's header, just read, is whole; its salt is the log's.
bool Wal::take_header() {
  Header header;
  if (scan_.transfer.moved() != sizeof header) return false;
  std::memcpy(&header, scan_.buffer.data(), sizeof header);
  if (header.magic != magic || header.checksum != mix(magic, header.salt)) return false;
  salt_ = header.salt;
  scan_.tail.checksum = header.checksum;
  scan_.buffer = Buffer::allocate(frame_size);
  return true;
}

// The frame just read is whole and follows on the one before.
bool Wal::take_frame() {
  FrameHeader header;
  if (scan_.transfer.moved() != frame_size) return false;
  std::memcpy(&header, scan_.buffer.data(), sizeof header);
  const auto page = scan_.buffer.bytes().subspan(sizeof header);
  if (header.salt != salt_) return false;
  if (header.checksum != checksum_of(scan_.tail.checksum, header, page)) return false;
  scan_.open_frames[header.page] = scan_.tail.end;
  scan_.tail = {scan_.tail.end + 1, header.checksum};
  if (header.commit_mark != 0) {
    scan_.committed_tail = scan_.tail;
    for (const auto& [number, frame] : scan_.open_frames) scan_.frames[number] = frame;
    scan_.open_frames.clear();
    scan_.page_count = header.commit_mark;
  }
  return true;
}

void Wal::begin_frame() {
  scan_.transfer = Transfer::read(file_, size_of(scan_.tail.end), scan_.buffer);
}

}  // namespace reprise::pager
