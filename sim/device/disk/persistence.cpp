#include <reprise/sim/device/disk/persistence.h>

#include <reprise/core/digest.h>

#include <algorithm>
#include <utility>

namespace reprise {

namespace {

// A change survives in at most this many pieces, so that all their subsets can be tried.
constexpr std::uint64_t pieces_max = 6;

/// Whether no sync writes it any more.
bool is_given_up(const Unpersisted& change) {
  return change.missed == Unpersisted::Missed::failed || change.missed == Unpersisted::Missed::lost;
}

}  // namespace

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

void Persistence::reset(const DiskRules& rules) {
  rules_ = rules;
  moment_ = changes_ = 0;
  unpersisted_.clear();
  files_.clear();
  names_.clear();
}

Persistence::DurableFile& Persistence::file(InodeId inode) {
  if (files_.size() <= inode) files_.resize(inode + 1);
  return files_[inode];
}

// What happens.

void Persistence::give(std::string_view path, InodeId inode, std::span<const std::byte> bytes) {
  std::erase_if(unpersisted_, [&](const Unpersisted& change) { return change.inode == inode; });
  DurableFile& given = file(inode);
  given.bytes.assign(bytes.begin(), bytes.end());
  given.versions.assign((bytes.size() + unit() - 1) / unit(), changes_);
  given.size = bytes.size();
  given.size_version = changes_;
  names_.insert_or_assign(std::string(path), inode);
}

void Persistence::changed(const Cause& cause, InodeId inode, std::uint64_t offset,
                          std::uint64_t size, std::uint64_t size_before,
                          std::span<const std::byte> cached) {
  if (size == 0 && cached.size() == size_before) return;
  Unpersisted& change = unpersisted_.emplace_back();
  change.io = cause.io;
  change.inode = inode;
  change.number = ++changes_;
  change.submitted = cause.submitted;
  change.offset = offset;
  change.size = size;
  change.size_before = size_before;
  change.size_after = cached.size();
  if (size == 0) return;
  change.first = std::min<std::uint64_t>(offset / unit() * unit(), cached.size());
  const std::uint64_t end =
      std::min<std::uint64_t>((offset + size + unit() - 1) / unit() * unit(), cached.size());
  const std::span<const std::byte> units = cached.subspan(change.first, end - change.first);
  change.cached.assign(units.begin(), units.end());
}

void Persistence::named(const Cause& cause, Unpersisted::Kind kind, InodeId inode,
                        std::string_view path, std::string_view new_path) {
  Unpersisted& change = unpersisted_.emplace_back();
  change.io = cause.io;
  change.kind = kind;
  change.inode = inode;
  change.number = ++changes_;
  change.submitted = cause.submitted;
  change.path = path;
  change.new_path = new_path;
}

void Persistence::created(const Identity& by, InodeId inode, std::string_view path) {
  const std::uint64_t now = next_moment();
  named({by, now}, Unpersisted::Kind::created, inode, path);
  unpersisted_.back().finished = now;
}

void Persistence::finished(const Identity& io, bool is_durable) {
  const auto at = std::find_if(unpersisted_.rbegin(), unpersisted_.rend(),
                               [&](const Unpersisted& change) { return change.io == io; });
  if (at == unpersisted_.rend()) return;
  at->finished = next_moment();
  if (!is_durable) return;
  const std::uint64_t number = at->number;
  make_durable([&](const Unpersisted& change) { return change.number == number; });
}

void Persistence::finish_all() {
  for (Unpersisted& change : unpersisted_) {
    if (change.finished == Unpersisted::never) change.finished = next_moment();
  }
}

template <class Covers>
void Persistence::make_durable(Covers covers) {
  std::erase_if(unpersisted_, [&](const Unpersisted& change) {
    if (!covers(change)) return false;
    keep(change);
    return true;
  });
}

void Persistence::note_missed(const Cause& cause, SyncEnd end, Unpersisted& change) {
  if (change.submitted > cause.submitted || is_given_up(change)) return;
  const bool is_covered = change.finished < cause.submitted;
  if (is_covered && end == SyncEnd::done) return;
  change.missed = !is_covered            ? Unpersisted::Missed::unfinished
                  : end == SyncEnd::lied ? Unpersisted::Missed::lied
                                         : Unpersisted::Missed::failed;
  change.missed_by = cause.io;
}

std::vector<Unpersisted> Persistence::synced(const Cause& cause, InodeId inode, SyncEnd end) {
  const auto is_meant = [&](const Unpersisted& change) {
    const bool is_of_bytes = change.kind == Unpersisted::Kind::bytes;
    return change.inode == inode && (is_of_bytes || rules_.syncs_names);
  };
  const auto is_covered = [&](const Unpersisted& change) {
    return is_meant(change) && change.finished < cause.submitted && !is_given_up(change);
  };
  std::vector<Unpersisted> taken_back;
  if (end == SyncEnd::taken_back) {
    std::erase_if(unpersisted_, [&](Unpersisted& change) {
      if (!is_covered(change) || change.kind != Unpersisted::Kind::bytes) return false;
      taken_back.push_back(change);
      change.cached.clear();
      change.size = 0;
      return !change.changes_size();  // the size is kept apart from the bytes
    });
  }
  for (Unpersisted& change : unpersisted_) {
    if (is_meant(change)) note_missed(cause, end, change);
  }
  if (end != SyncEnd::done) return taken_back;
  keep_sizes(cause, inode);
  const bool is_ordered = rules_.device == DiskClass::ordered;
  std::uint64_t last = 0;
  for (const Unpersisted& change : unpersisted_) {
    if (is_covered(change)) last = change.number;
  }
  make_durable([&](const Unpersisted& change) {
    return is_covered(change) || (is_ordered && change.number <= last && !is_given_up(change));
  });
  return taken_back;
}

/// A sync writes the size of a file also for changes whose bytes were given up before.
void Persistence::keep_sizes(const Cause& cause, InodeId inode) {
  for (Unpersisted& change : unpersisted_) {
    const bool is_meant = change.inode == inode && change.kind == Unpersisted::Kind::bytes;
    if (!is_meant || change.finished >= cause.submitted || !is_given_up(change)) continue;
    keep_size(change);
    change.size_before = change.size_after;
  }
}

void Persistence::folder_synced(const Cause& cause, std::string_view folder) {
  const auto is_in_it = [&](const Unpersisted& change) {
    return change.kind != Unpersisted::Kind::bytes &&
           (folder_of(change.path) == folder ||
            (!change.new_path.empty() && folder_of(change.new_path) == folder));
  };
  // A journal keeps changes of names in their order: all before the last one come with it.
  std::uint64_t last = 0;
  for (Unpersisted& change : unpersisted_) {
    if (!is_in_it(change)) continue;
    if (change.finished < cause.submitted) {
      last = change.number;
    } else if (change.submitted < cause.submitted) {
      change.missed = Unpersisted::Missed::unfinished;
      change.missed_by = cause.io;
    }
  }
  const bool is_ordered = rules_.device == DiskClass::ordered;
  make_durable([&](const Unpersisted& change) {
    return (is_ordered || change.kind != Unpersisted::Kind::bytes) && change.number <= last;
  });
}

// What becomes durable.

void Persistence::keep(const Unpersisted& change) {
  if (change.kind != Unpersisted::Kind::bytes) return keep_name(change);
  keep_piece(change, {change.first, change.first + change.cached.size()});
  keep_size(change);
}

void Persistence::keep_piece(const Unpersisted& change, const Piece& piece) {
  DurableFile& durable = file(change.inode);
  if (piece.begin == piece.end) return;
  if (durable.bytes.size() < piece.end) durable.bytes.resize(piece.end);
  const std::uint64_t units = (durable.bytes.size() + unit() - 1) / unit();
  if (durable.versions.size() < units) durable.versions.resize(units);
  for (std::uint64_t at = piece.begin; at < piece.end;) {
    const std::uint64_t number = at / unit();
    const std::uint64_t end = std::min(piece.end, (number + 1) * unit());
    // An older content of a unit is never written over a newer one.
    if (durable.versions[number] <= change.number) {
      durable.versions[number] = change.number;
      std::copy(change.cached.begin() + static_cast<std::ptrdiff_t>(at - change.first),
                change.cached.begin() + static_cast<std::ptrdiff_t>(end - change.first),
                durable.bytes.begin() + static_cast<std::ptrdiff_t>(at));
    }
    at = end;
  }
}

void Persistence::keep_size(const Unpersisted& change) {
  DurableFile& durable = file(change.inode);
  if (!change.changes_size() || durable.size_version > change.number) return;
  durable.size = change.size_after;
  durable.size_version = change.number;
  if (change.size_after >= change.size_before) return;
  // What was cut off comes back as zeros if the file grows again.
  if (durable.bytes.size() <= change.size_after) return;
  std::fill(durable.bytes.begin() + static_cast<std::ptrdiff_t>(change.size_after),
            durable.bytes.end(), std::byte{0});
}

void Persistence::keep_name(const Unpersisted& change) {
  switch (change.kind) {
    case Unpersisted::Kind::bytes: break;
    case Unpersisted::Kind::created: names_.insert_or_assign(change.path, change.inode); break;
    case Unpersisted::Kind::removed: names_.erase(change.path); break;
    case Unpersisted::Kind::renamed:
      names_.erase(change.path);
      names_.insert_or_assign(change.new_path, change.inode);
      break;
  }
}

// A power loss.

std::vector<Persistence::Piece> Persistence::pieces_of(const Unpersisted& change) const {
  std::vector<Piece> pieces;
  if (change.size == 0) return pieces;
  const bool cuts_anywhere = rules_.atomic < 512;
  const std::uint64_t grain = cuts_anywhere ? rules_.atomic : unit();
  const std::uint64_t begin = cuts_anywhere ? change.offset : change.first;
  const std::uint64_t end = cuts_anywhere ? std::min(change.offset + change.size, change.size_after)
                                          : change.first + change.cached.size();
  if (begin >= end) return pieces;
  const std::uint64_t grains = (end - begin + grain - 1) / grain;
  const std::uint64_t count = std::min(grains, pieces_max);
  for (std::uint64_t i = 0; i < count; ++i) {
    pieces.push_back({begin + grains * i / count * grain,
                      std::min(end, begin + grains * (i + 1) / count * grain)});
  }
  return pieces;
}

std::uint32_t Persistence::ways(const Unpersisted& change) const {
  const bool may_tear = rules_.tears && !has_torn_;
  const auto torn = may_tear ? static_cast<std::uint32_t>(pieces_of(change).size()) : 0;
  return whole_ways(change) + torn;
}

std::uint32_t Persistence::whole_ways(const Unpersisted& change) const {
  if (change.kind != Unpersisted::Kind::bytes) return 2;
  const auto pieces = static_cast<std::uint32_t>(pieces_of(change).size());
  if (rules_.device == DiskClass::ordered) return std::max(pieces, 1U) + 1;
  return std::uint32_t{1} << std::max(pieces + (change.changes_size() ? 1U : 0U), 1U);
}

bool Persistence::keep_prefix(const Unpersisted& change, std::uint32_t value) {
  const std::vector<Piece> pieces = pieces_of(change);
  for (std::uint32_t i = 0; i + 1 < value; ++i) keep_piece(change, pieces[i]);
  DurableFile& durable = file(change.inode);
  const std::uint64_t end = pieces[value - 2].end;
  if (durable.size < end && end <= change.size_after) durable.size = end;
  return false;
}

void Persistence::tear(const Unpersisted& change, const Piece& piece) {
  has_torn_ = true;
  const std::uint64_t begin = piece.begin / unit() * unit();
  Unpersisted torn = change;
  const std::uint64_t end = std::min(begin + unit(), change.first + change.cached.size());
  for (std::uint64_t at = begin; at < end; ++at) {
    torn.cached[at - change.first] = static_cast<std::byte>(mix(at, change.number) & 0xff);
  }
  keep_piece(torn, {begin, end});
}

bool Persistence::keep_as_chosen(const Unpersisted& change, std::uint32_t value) {
  if (value == 0) return false;
  if (value == 1) {
    keep(change);
    return true;
  }
  if (const std::uint32_t whole = whole_ways(change); value >= whole) {
    tear(change, pieces_of(change)[value - whole]);
    return false;
  }
  if (rules_.device == DiskClass::ordered) return keep_prefix(change, value);
  // 2 and more: a bit for each piece, and one for the size, neither none nor all of them.
  const std::uint32_t parts = value - 1;
  const std::vector<Piece> pieces = pieces_of(change);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if ((parts >> i & 1U) != 0) keep_piece(change, pieces[i]);
  }
  if ((parts >> pieces.size() & 1U) != 0) keep_size(change);
  return false;
}

std::vector<LostChange> Persistence::lose_power(
    const std::function<std::uint32_t(const Unpersisted&, std::uint32_t)>& choose) {
  std::vector<LostChange> lost;
  has_torn_ = false;
  bool is_cut = false;    // an ordered device has written nothing behind this
  bool is_named = false;  // nor has a journal behind the first change of names that is lost
  for (Unpersisted& change : unpersisted_) {
    const bool is_name = change.kind != Unpersisted::Kind::bytes;
    const bool is_open = !is_cut && !(is_name && is_named);
    const std::uint32_t value = is_open ? choose(change, ways(change)) : 0;
    if (keep_as_chosen(change, value)) continue;
    is_cut = rules_.device == DiskClass::ordered;
    is_named = is_named || is_name;
    change.cached.clear();
    lost.push_back({std::move(change), value != 0});
  }
  unpersisted_.clear();
  for (DurableFile& durable : files_) durable.bytes.resize(durable.size);
  return lost;
}

bool Persistence::is_unpersisted(InodeId inode, std::uint64_t offset) const {
  return std::ranges::any_of(unpersisted_, [&](const Unpersisted& change) {
    return change.inode == inode && change.first <= offset &&
           offset < change.first + change.cached.size();
  });
}

void Persistence::flip_bit(InodeId inode, std::uint64_t offset) {
  std::vector<std::byte>& bytes = file(inode).bytes;
  if (offset < bytes.size()) bytes[offset] ^= std::byte{1};
}

std::span<const std::byte> Persistence::durable(InodeId inode) {
  const DurableFile& durable = file(inode);
  return std::span(durable.bytes)
      .first(std::min<std::uint64_t>(durable.bytes.size(), durable.size));
}

Persistence::Image Persistence::image() const {
  Image image;
  image.names = names_;
  for (const DurableFile& durable : files_) {
    std::vector<std::byte>& bytes = image.files.emplace_back(durable.bytes);
    bytes.resize(durable.size);
  }
  return image;
}

}  // namespace reprise
