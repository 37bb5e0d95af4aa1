#include <reprise/sim/device/disk/disk.h>

#include <reprise/core/digest.h>
#include <reprise/sim/device/buffer_guard.h>

#include <algorithm>
#include <cstring>

namespace reprise {

void Disk::reset() {
  for (std::uint32_t i = 0; i < inode_count_; ++i) {
    inodes_[i].bytes.clear();
    inodes_[i].bad_sectors.clear();
    inodes_[i].defect = Defect::none;
  }
  inode_count_ = 0;
  entries_.clear();
}

const Disk::Entry* Disk::find(std::string_view path) const {
  const auto at = std::ranges::lower_bound(entries_, path, {}, &Entry::path);
  return at != entries_.end() && at->path == path ? &*at : nullptr;
}

InodeId Disk::new_inode() {
  if (inode_count_ == inodes_.size()) inodes_.emplace_back();
  return inode_count_++;
}

Disk::Entry& Disk::entry_of(std::string_view path) {
  const auto at = std::ranges::lower_bound(entries_, path, {}, &Entry::path);
  const bool is_known = at != entries_.end() && at->path == path;
  return is_known ? *at : *entries_.insert(at, Entry{std::string(path), 0, false});
}

Result<InodeId> Disk::open(std::string_view path, bool create, bool exclusive) {
  const Entry* const known = find(path);
  if (known != nullptr && known->exists) {
    if (create && exclusive) return IOError::exists;
    return known->inode;
  }
  if (!create) return IOError::not_found;
  Entry& entry = entry_of(path);
  entry.exists = true;
  entry.inode = new_inode();
  return entry.inode;
}

Result<Unit> Disk::remove(std::string_view path) {
  Entry* const entry = const_cast<Entry*>(find(path));
  if (entry == nullptr || !entry->exists) return IOError::not_found;
  entry->exists = false;
  return Unit{};
}

Result<Unit> Disk::rename(std::string_view from, std::string_view to) {
  const Entry* const source = find(from);
  if (source == nullptr || !source->exists) return IOError::not_found;
  if (from == to) return Unit{};
  const InodeId inode = source->inode;
  const Result<InodeId> made = open(to, true, false);  // may move the entries
  if (!made.ok()) return made.error();
  const_cast<Entry*>(find(to))->inode = inode;
  const_cast<Entry*>(find(from))->exists = false;
  return Unit{};
}

void Disk::set_bytes(InodeId inode, std::span<const std::byte> bytes) {
  inodes_[inode].bytes.assign(bytes.begin(), bytes.end());
}

std::string Disk::text_of(std::string_view path) const {
  const std::optional<InodeId> inode = inode_of(path);
  if (!inode) return {};
  const std::vector<std::byte>& bytes = inodes_[*inode].bytes;
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<InodeId> Disk::inode_of(std::string_view path) const {
  const Entry* const entry = find(path);
  if (entry == nullptr || !entry->exists) return std::nullopt;
  return entry->inode;
}

bool Disk::has_name(InodeId inode) const {
  return std::ranges::any_of(
      entries_, [&](const Entry& entry) { return entry.exists && entry.inode == inode; });
}

std::uint64_t Disk::read(InodeId inode, std::uint64_t offset, std::span<const Buffer> buffers,
                         std::uint64_t bytes_max) const {
  const std::vector<std::byte>& bytes = inodes_[inode].bytes;
  std::span<const std::byte> left;
  if (offset < bytes.size()) {
    left = std::span(bytes).subspan(offset);
    left = left.first(std::min<std::uint64_t>(left.size(), bytes_max));
  }
  std::uint64_t moved = 0;
  for (const Buffer& buffer : buffers) {
    const std::size_t part = std::min(left.size(), buffer.size());
    if (part != 0) std::memcpy(buffer.data(), left.data(), part);
    poison(buffer.bytes().subspan(part));
    moved += part;
    left = left.subspan(part);
  }
  return moved;
}

std::uint64_t Disk::write(InodeId inode, std::uint64_t offset, std::span<const Buffer> buffers,
                          std::uint64_t bytes_max) {
  std::uint64_t asked = 0;
  for (const Buffer& buffer : buffers) asked += buffer.size();
  std::uint64_t left = std::min(asked, bytes_max);
  std::vector<std::byte>& bytes = inodes_[inode].bytes;
  if (left != 0 && bytes.size() < offset + left) bytes.resize(offset + left);
  std::uint64_t moved = 0;
  for (const Buffer& buffer : buffers) {
    const std::size_t part = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    if (part != 0) std::memcpy(bytes.data() + offset + moved, buffer.data(), part);
    moved += part;
    left -= part;
  }
  return moved;
}

void Disk::truncate(InodeId inode, std::uint64_t size) { inodes_[inode].bytes.resize(size); }

void Disk::flip_bit(InodeId inode, std::uint64_t offset) {
  std::vector<std::byte>& bytes = inodes_[inode].bytes;
  if (offset < bytes.size()) bytes[offset] ^= std::byte{1};
}

void Disk::put_back(InodeId inode, std::uint64_t offset, std::uint64_t size,
                    std::span<const std::byte> durable) {
  std::vector<std::byte>& bytes = inodes_[inode].bytes;
  const std::uint64_t end = std::min<std::uint64_t>(offset + size, bytes.size());
  for (std::uint64_t at = offset; at < end; ++at) {
    bytes[at] = at < durable.size() ? durable[at] : std::byte{0};
  }
}

void Disk::allocate(InodeId inode, std::uint64_t offset, std::uint64_t size) {
  if (this->size(inode) < offset + size) truncate(inode, offset + size);
}

void Disk::punch_hole(InodeId inode, std::uint64_t offset, std::uint64_t size) {
  std::vector<std::byte>& bytes = inodes_[inode].bytes;
  const std::uint64_t begin = std::min<std::uint64_t>(offset, bytes.size());
  const std::uint64_t end = std::min<std::uint64_t>(offset + size, bytes.size());
  std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
            bytes.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
}

void Disk::spoil(InodeId inode, std::uint64_t offset, std::uint64_t bytes) {
  std::vector<std::uint64_t>& bad = inodes_[inode].bad_sectors;
  const std::uint64_t last = (offset + std::max<std::uint64_t>(bytes, 1) - 1) / sector_bytes;
  for (std::uint64_t sector = offset / sector_bytes; sector <= last; ++sector) {
    const auto at = std::ranges::lower_bound(bad, sector);
    if (at == bad.end() || *at != sector) bad.insert(at, sector);
  }
}

bool Disk::spoiled(InodeId inode, std::uint64_t offset, std::uint64_t bytes) const {
  const std::vector<std::uint64_t>& bad = inodes_[inode].bad_sectors;
  if (bad.empty() || bytes == 0) return false;
  const auto at = std::ranges::lower_bound(bad, offset / sector_bytes);
  return at != bad.end() && *at <= (offset + bytes - 1) / sector_bytes;
}

IOError Disk::defect_of(InodeId inode, bool writes) const {
  switch (inodes_[inode].defect) {
    case Defect::none: break;
    case Defect::io: return IOError::io;
    case Defect::no_space: return writes ? IOError::no_space : IOError::none;
    case Defect::read_only: return writes ? IOError::read_only : IOError::none;
  }
  return IOError::none;
}

void Disk::restore(const std::vector<std::vector<std::byte>>& files,
                   const std::map<std::string, InodeId>& names) {
  for (InodeId inode = 0; inode < inode_count_; ++inode) {
    inodes_[inode].bytes.clear();
    inodes_[inode].defect = Defect::none;  // it is mounted anew; bad sectors stay
    if (inode < files.size()) inodes_[inode].bytes = files[inode];
  }
  for (Entry& entry : entries_) entry.exists = false;
  for (const auto& [path, inode] : names) {
    Entry& entry = entry_of(path);
    entry.exists = true;
    entry.inode = inode;
  }
}

std::uint64_t Disk::digest_of_bad_sectors() const {
  std::uint64_t digest = 0;
  for (InodeId inode = 0; inode < inode_count_; ++inode) {
    for (const std::uint64_t sector : inodes_[inode].bad_sectors) {
      digest = mix(mix(digest, inode), sector);
    }
  }
  return digest;
}

std::uint64_t Disk::digest() const {
  std::uint64_t digest = 0;
  for (const Entry& entry : entries_) {
    if (!entry.exists) continue;
    const std::vector<std::byte>& bytes = inodes_[entry.inode].bytes;
    digest = mix(digest, digest_of_text(entry.path));
    digest =
        mix(digest, digest_of_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
  }
  return digest;
}

std::vector<FileContents> Disk::contents() const {
  std::vector<FileContents> files;
  for (const Entry& entry : entries_) {
    if (entry.exists) files.push_back({entry.path, inodes_[entry.inode].bytes});
  }
  return files;
}

}  // namespace reprise
