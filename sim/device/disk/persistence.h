// Persistence: which bytes and names of a disk are durable, and what a power loss leaves of the
// rest. Pure state and rules; the DiskDevice says what happens, and who calls lose_power() decides
// what survives.
//
// The rules are those of page caches and of volatile write caches in drives: a change is in the
// cache when its I/O takes effect, and durable when a sync that was submitted after its end has
// ended. Until then any part of it may be durable or not, as far as the device class allows.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/device/submitted_io.h>
#include <reprise/sim/disk_rules.h>
#include <reprise/sim/plan/identity.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

/// A change that is not durable yet.
struct Unpersisted {
  enum class Kind : std::uint8_t { bytes, created, removed, renamed };
  /// Why it is not durable, although a sync has ended.
  enum class Missed : std::uint8_t {
    no_sync,     // there was none
    unfinished,  // it was submitted before the change had finished
    failed,      // it failed, and its changes count as written
    lied,
    lost,  // the write itself reached the cache only, and no sync writes it
  };
  static constexpr std::uint64_t never = UINT64_MAX;

  Identity io;  // that made it; of a file that open() has created, a name of its own
  Kind kind = Kind::bytes;
  InodeId inode = 0;
  std::uint64_t number = 0;        // of all changes, in the order of their effects
  std::uint64_t submitted = 0;     // the moment
  std::uint64_t finished = never;  // likewise
  std::uint64_t offset = 0;        // what the I/O changed
  std::uint64_t size = 0;          // likewise; 0: only the file's size
  std::uint64_t first = 0;         // offset of `cached`
  std::vector<std::byte> cached;   // whole units, as they were in the cache then
  std::uint64_t size_before = 0;   // of the file
  std::uint64_t size_after = 0;
  std::string path, new_path;  // names
  Missed missed = Missed::no_sync;
  Identity missed_by;  // the last sync of this file that did not make it durable

  bool changes_size() const { return size_before != size_after; }
};

/// Units of files, as inode and number of the unit, that were read; with repetitions.
using UnitsRead = std::vector<std::pair<InodeId, std::uint64_t>>;

/// What did not survive a power loss.
struct LostChange {
  Unpersisted change;  // without `cached`
  bool is_part = false;
};

class Persistence {
 public:
  /// A disk as it comes back.
  struct Image {
    std::vector<std::vector<std::byte>> files;  // by inode
    std::map<std::string, InodeId> names;

    friend bool operator==(const Image&, const Image&) = default;
  };
  /// The I/O that makes a change, and when it was submitted.
  struct Cause {
    Identity io;
    std::uint64_t submitted = 0;
  };

  void reset(const DiskRules& rules);
  const DiskRules& rules() const { return rules_; }
  /// The bytes of which a unit has one version.
  std::uint64_t unit() const { return rules_.atomic < 512 ? 512 : rules_.atomic; }
  /// A new moment, later than all before.
  std::uint64_t next_moment() { return ++moment_; }

  // What happens.

  /// A file is there with these bytes, as if it had always been.
  void give(std::string_view path, InodeId inode, std::span<const std::byte> bytes);
  /// Bytes of a file have changed, or its size; `cached` are all its bytes now.
  void changed(const Cause& cause, InodeId inode, std::uint64_t offset, std::uint64_t size,
               std::uint64_t size_before, std::span<const std::byte> cached);
  /// The last change is never durable, whatever a sync says.
  void lose_last() { unpersisted_.back().missed = Unpersisted::Missed::lost; }
  /// Whether a change of this byte is not durable yet.
  bool is_unpersisted(InodeId inode, std::uint64_t offset) const;
  /// A bit of this byte is another one from now on, as if it had always been.
  void flip_bit(InodeId inode, std::uint64_t offset);
  /// The folder has changed. `path` is the new file, the removed one, or the one renamed.
  void named(const Cause& cause, Unpersisted::Kind kind, InodeId inode, std::string_view path,
             std::string_view new_path = {});
  /// The same at once: open() creates a file.
  void created(const Identity& by, InodeId inode, std::string_view path);
  /// The I/O has finished. `is_durable`: its bytes are durable by then.
  void finished(const Identity& io, bool is_durable);
  /// All I/Os that have taken effect have finished.
  void finish_all();
  /// How a sync ends.
  enum class SyncEnd : std::uint8_t {
    done,
    /// It fails, and the changes that it should have made durable count as written: no later sync
    /// does it, and reads go on to show them (ext4, XFS).
    failed,
    /// It fails, and the changes are taken back: reads show what was before (Btrfs).
    taken_back,
    lied,  // it reports success, and nothing is durable
  };
  /// A sync of a file, submitted when `cause` says, takes effect. Gives the changes that it has
  /// taken back.
  std::vector<Unpersisted> synced(const Cause& cause, InodeId inode, SyncEnd end = SyncEnd::done);
  void folder_synced(const Cause& cause, std::string_view folder);

  // A power loss.

  const std::vector<Unpersisted>& unpersisted() const { return unpersisted_; }
  /// In how many ways the change may survive: 0, not at all; 1, whole; 2 and more, in part; the
  /// last of them, where the device tears sectors, with one destroyed.
  std::uint32_t ways(const Unpersisted& change) const;
  /// All changes end as `choose` says, with a value below ways(); it is asked in the order of their
  /// effects, and only about those whose end the earlier ones leave open. Gives what is lost.
  std::vector<LostChange> lose_power(
      const std::function<std::uint32_t(const Unpersisted&, std::uint32_t ways)>& choose);
  /// What is durable.
  Image image() const;
  /// The durable bytes of a file.
  std::span<const std::byte> durable(InodeId inode);

 private:
  struct DurableFile {
    std::vector<std::byte> bytes;         // may go on behind `size`
    std::vector<std::uint64_t> versions;  // by unit: the number of the change that it is from
    std::uint64_t size = 0;
    std::uint64_t size_version = 0;
  };
  /// A part of a change that survives by itself.
  struct Piece {
    std::uint64_t begin = 0, end = 0;  // bytes of the file
  };

  /// Why the change is not durable behind this sync of its file, if it is not.
  static void note_missed(const Cause& cause, SyncEnd end, Unpersisted& change);
  void keep_sizes(const Cause& cause, InodeId inode);
  std::vector<Piece> pieces_of(const Unpersisted& change) const;
  DurableFile& file(InodeId inode);
  void keep(const Unpersisted& change);
  void keep_piece(const Unpersisted& change, const Piece& piece);
  void keep_size(const Unpersisted& change);
  void keep_name(const Unpersisted& change);
  /// Lets survive what `value` says; false if that is not all of it.
  bool keep_as_chosen(const Unpersisted& change, std::uint32_t value);
  bool keep_prefix(const Unpersisted& change, std::uint32_t value);
  /// The ways in which no sector is torn.
  std::uint32_t whole_ways(const Unpersisted& change) const;
  /// Destroys the first sector of a piece.
  void tear(const Unpersisted& change, const Piece& piece);
  /// Makes durable those changes, in order, that `covers` names.
  template <class Covers>
  void make_durable(Covers covers);

  DiskRules rules_;
  std::uint64_t moment_ = 0;
  std::uint64_t changes_ = 0;
  bool has_torn_ = false;                 // in this power loss: only one sector was being written
  std::vector<Unpersisted> unpersisted_;  // in the order of their effects
  std::vector<DurableFile> files_;        // by inode
  std::map<std::string, InodeId> names_;
};

/// The folder of a path: "a" of "a/b", "" of "b".
std::string_view folder_of(std::string_view path);

}  // namespace reprise
