// Disk: the model behind the simulated device: the files, their bytes, and their bad sectors. It is
// pure state and rules; the DiskDevice decides when an I/O happens and with which outcome. Differs
// from Linux: one flat folder; no holes (what was never written reads as zeros).
#pragma once

#include <reprise/core/buffer.h>
#include <reprise/core/result.h>
#include <reprise/sim/device/submitted_io.h>
#include <reprise/sim/file_contents.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// A file lives on without a name while it is open.
class Disk {
 public:
  static constexpr std::uint64_t sector_bytes = 512;

  /// Empties the disk, but keeps its memory.
  void reset();

  Result<InodeId> open(std::string_view path, bool create, bool exclusive);
  Result<Unit> remove(std::string_view path);
  Result<Unit> rename(std::string_view from, std::string_view to);

  std::uint64_t size(InodeId inode) const { return inodes_[inode].bytes.size(); }
  /// All bytes of the file; valid until something changes it.
  std::span<const std::byte> bytes(InodeId inode) const { return inodes_[inode].bytes; }
  /// The same as text; empty if there is no such file.
  std::string text_of(std::string_view path) const;
  void set_bytes(InodeId inode, std::span<const std::byte> bytes);
  /// The file of that name, or nothing.
  std::optional<InodeId> inode_of(std::string_view path) const;
  /// False for a file that was removed, or replaced by a rename.
  bool has_name(InodeId inode) const;
  /// Fills the buffers in order with at most `bytes_max` bytes from `offset` on, and gives their
  /// number. The rest of the buffers is poisoned.
  std::uint64_t read(InodeId inode, std::uint64_t offset, std::span<const Buffer> buffers,
                     std::uint64_t bytes_max) const;
  /// Writes at most the first `bytes_max` bytes. The file grows as needed; a gap is filled with
  /// zeros.
  std::uint64_t write(InodeId inode, std::uint64_t offset, std::span<const Buffer> buffers,
                      std::uint64_t bytes_max);
  void truncate(InodeId inode, std::uint64_t size);
  void flip_bit(InodeId inode, std::uint64_t offset);
  /// These bytes are again what they are in `durable`, the beginning of the file; zeros behind it.
  void put_back(InodeId inode, std::uint64_t offset, std::uint64_t size,
                std::span<const std::byte> durable);
  /// The file has at least these bytes; new ones are zeros.
  void allocate(InodeId inode, std::uint64_t offset, std::uint64_t size);
  /// These bytes are zeros from now on. The size stays.
  void punch_hole(InodeId inode, std::uint64_t offset, std::uint64_t size);

  /// A defect of a whole file.
  enum class Defect : std::uint8_t { none, io, no_space, read_only };
  /// Gives the file this defect for good.
  void damage(InodeId inode, Defect defect) { inodes_[inode].defect = defect; }
  /// Whether every I/O on this file can be done.
  bool is_sound(InodeId inode) const {
    return inodes_[inode].defect == Defect::none && inodes_[inode].bad_sectors.empty();
  }
  /// Why an I/O on this file cannot be done; IOError::none if it can.
  IOError defect_of(InodeId inode, bool writes) const;

  /// Makes every later I/O that touches the sectors of these bytes fail.
  void spoil(InodeId inode, std::uint64_t offset, std::uint64_t bytes);
  bool spoiled(InodeId inode, std::uint64_t offset, std::uint64_t bytes) const;

  /// The disk has these files, by inode, under these names, and no others.
  void restore(const std::vector<std::vector<std::byte>>& files,
               const std::map<std::string, InodeId>& names);

  /// The digest of all bad sectors.
  std::uint64_t digest_of_bad_sectors() const;
  /// The digest of all names and bytes.
  std::uint64_t digest() const;
  /// A copy of every file, by name.
  std::vector<FileContents> contents() const;

 private:
  struct Inode {
    std::vector<std::byte> bytes;
    std::vector<std::uint64_t> bad_sectors;  // sorted
    Defect defect = Defect::none;
  };
  struct Entry {
    std::string path;
    InodeId inode = 0;
    bool exists = false;
  };

  const Entry* find(std::string_view path) const;
  /// The entry of that path, which may not exist.
  Entry& entry_of(std::string_view path);
  InodeId new_inode();

  std::vector<Inode> inodes_;  // the first inode_count_ are in use
  std::uint32_t inode_count_ = 0;
  std::vector<Entry> entries_;  // sorted by path
};

}  // namespace reprise
