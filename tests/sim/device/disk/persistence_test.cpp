#include <reprise/sim/device/disk/persistence.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace reprise;

namespace {

constexpr std::size_t sector = 512;

/// A file in a cache, named by a letter for each sector: "aab" has three of them.
struct Cached {
  explicit Cached(DiskRules rules = {}) {
    disk.reset(rules);
    disk.give("f", 0, {});
  }

  /// Each letter of `text` fills a sector, from the sector number `at` on. Gives its I/O.
  Identity write(std::size_t at, std::string_view text) {
    const Identity io = submit();
    take_effect(io, at, text);
    disk.finished(io, false);
    return io;
  }
  /// The same for bytes.
  Identity write_bytes(std::uint64_t offset, std::string_view text) {
    const Identity io = submit();
    const std::size_t before = bytes.size();
    bytes.resize(std::max<std::size_t>(bytes.size(), offset + text.size()));
    std::ranges::transform(text, bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                           [](char c) { return static_cast<std::byte>(c); });
    disk.changed({io, moment}, 0, offset, text.size(), before, bytes);
    disk.finished(io, false);
    return io;
  }
  Identity submit() {
    moment = disk.next_moment();
    return {1, ++ios, EventKind::delivery};
  }
  void take_effect(Identity io, std::size_t at, std::string_view text) {
    const std::size_t before = bytes.size();
    bytes.resize(std::max(bytes.size(), (at + text.size()) * sector));
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>((at + i) * sector), sector,
                  static_cast<std::byte>(text[i]));
    }
    disk.changed({io, moment}, 0, at * sector, text.size() * sector, before, bytes);
  }
  void truncate(std::size_t sectors) {
    const std::size_t before = bytes.size();
    bytes.resize(sectors * sector);
    const Identity io = submit();
    disk.changed({io, moment}, 0, sectors * sector, 0, before, bytes);
    disk.finished(io, false);
  }
  void sync(Persistence::SyncEnd end = Persistence::SyncEnd::done) {
    const Identity io = submit();
    disk.synced({io, moment}, 0, end);
  }

  /// The first byte of each sector that is durable; a last one that is not whole counts.
  static std::string letters(const Persistence::Image& image) {
    std::string text;
    const std::vector<std::byte>& file = image.files[0];
    for (std::size_t at = 0; at < file.size(); at += sector) {
      text += file[at] == std::byte{0} ? '.' : static_cast<char>(file[at]);
    }
    return text;
  }
  /// After a power loss in which the changes end as `values` say, in order; all others are lost.
  std::string after(const std::vector<std::uint32_t>& values) const {
    return letters(image_after(values));
  }
  Persistence::Image image_after(const std::vector<std::uint32_t>& values) const {
    Persistence copy = disk;
    std::size_t asked = 0;
    copy.lose_power([&](const Unpersisted&, std::uint32_t ways) {
      const std::uint32_t value = asked < values.size() ? values[asked] : 0;
      ++asked;
      return std::min(value, ways - 1);
    });
    return copy.image();
  }
  /// Everything that can be there after a power loss.
  std::set<std::string> all() const {
    std::set<std::string> found;
    std::vector<std::uint32_t> values(disk.unpersisted().size());
    for (;;) {
      std::vector<std::uint32_t> ways;
      Persistence copy = disk;
      copy.lose_power([&](const Unpersisted&, std::uint32_t count) {
        ways.push_back(count);
        return values[ways.size() - 1];
      });
      found.insert(letters(copy.image()));
      std::size_t asked = ways.size();
      while (asked > 0 && values[asked - 1] + 1 == ways[asked - 1]) values[--asked] = 0;
      if (asked == 0) return found;
      ++values[asked - 1];
    }
  }

  Persistence disk;
  std::vector<std::byte> bytes;
  std::uint64_t moment = 0;
  std::uint32_t ios = 0;
};

using Strings = std::set<std::string>;

}  // namespace

TEST_CASE("persistence: what a sync has covered survives") {
  Cached file;
  file.write(0, "ab");
  file.sync();
  CHECK(file.disk.unpersisted().empty());
  CHECK(file.all() == Strings{"ab"});
}

TEST_CASE("persistence: what no sync has covered may survive in part") {
  Cached file;
  file.write(0, "ab");
  file.sync();
  file.write(0, "xy");
  CHECK(file.all() == Strings{"ab", "xb", "ay", "xy"});
}

TEST_CASE("persistence: of several versions of a sector any may survive") {
  Cached file;
  file.write(0, "a");
  file.sync();
  file.write(0, "b");
  file.write(0, "c");
  CHECK(file.all() == Strings{"a", "b", "c"});
}

TEST_CASE("persistence: an ordered device keeps a prefix of the changes") {
  Cached file({.device = DiskClass::ordered});
  file.write(0, "ab");
  file.sync();
  file.write(0, "xy");
  file.write(1, "z");
  CHECK(file.all() == Strings{"ab", "xb", "xy", "xz"});
}

TEST_CASE("persistence: a sync of an ordered device keeps what came before in other files") {
  Cached file({.device = DiskClass::ordered});
  file.write(0, "ab");
  const Identity io = file.submit();
  const std::vector<std::byte> other(sector, std::byte{'o'});
  file.disk.changed({io, file.moment}, 1, 0, sector, 0, other);
  file.disk.finished(io, false);
  file.disk.synced({file.submit(), file.disk.next_moment()}, 1);
  CHECK(file.disk.unpersisted().empty());
  CHECK(file.all() == Strings{"ab"});
}

TEST_CASE("persistence: a device that tears may destroy what lies beside a write") {
  Cached file({.device = DiskClass::nvme, .atomic = 1024, .tears = true});
  file.write(0, "aabb");
  file.sync();
  file.write(1, "x");
  file.write(2, "y");
  const Strings all = file.all();
  const auto is_torn = [](const std::string& text, std::size_t first) {
    return text.substr(first, 2).find_first_of("abxy") == std::string::npos;
  };
  CHECK(all.contains("axyb"));
  const auto count = [&](bool one, bool other) {
    return std::ranges::count_if(all, [&](const std::string& text) {
      return is_torn(text, 0) == one && is_torn(text, 2) == other;
    });
  };
  CHECK(count(true, false) == 2);  // the second write is there or not
  CHECK(count(false, true) == 2);
  CHECK(count(true, true) == 0);
}

TEST_CASE("persistence: a block of the device survives whole") {
  Cached file({.device = DiskClass::nvme, .atomic = 4096});
  file.write(0, "aaaaaaaa");
  file.sync();
  file.write(2, "xy");
  CHECK(file.all() == Strings{"aaaaaaaa", "aaxyaaaa"});
}

TEST_CASE("persistence: a device without atomic sectors cuts a write anywhere") {
  Cached file({.device = DiskClass::hostile, .atomic = 1});
  file.write_bytes(0, "old!");
  file.sync();
  file.write_bytes(0, "new!");
  Strings found;
  const std::uint32_t ways = file.disk.ways(file.disk.unpersisted().front());
  for (std::uint32_t value = 0; value < ways; ++value) {
    const Persistence::Image image = file.image_after({value});
    std::string text;
    for (const std::byte byte : image.files[0]) text += static_cast<char>(byte);
    found.insert(text);
  }
  CHECK(found.contains("nld!"));
  CHECK(found.contains("olw!"));
  CHECK(found.contains("new!"));
  CHECK(found.size() == 8);  // the last byte is the same in both
}

TEST_CASE("persistence: a file may have its new size without the data and the data without it") {
  Cached file;
  file.write(0, "a");
  file.sync();
  file.write(1, "b");
  CHECK(file.all() == Strings{"a", "a.", "ab"});
}

TEST_CASE("persistence: a truncation may happen or not") {
  Cached file;
  file.write(0, "abc");
  file.sync();
  file.truncate(1);
  CHECK(file.all() == Strings{"abc", "a"});
  file.truncate(3);
  CHECK(file.all() == Strings{"abc", "a", "a.."});
}

TEST_CASE("persistence: a sync covers what had finished when it was submitted") {
  Cached file;
  const Identity late = file.submit();
  const std::uint64_t submitted = file.moment;
  const Identity sync = file.submit();
  const std::uint64_t synced_at = file.moment;
  file.moment = submitted;
  file.take_effect(late, 0, "a");
  file.disk.finished(late, false);
  file.disk.synced({sync, synced_at}, 0);
  REQUIRE(file.disk.unpersisted().size() == 1);
  CHECK(file.disk.unpersisted()[0].missed == Unpersisted::Missed::unfinished);
  CHECK(file.disk.unpersisted()[0].missed_by == sync);
  file.sync();
  CHECK(file.disk.unpersisted().empty());
}

TEST_CASE("persistence: a sync that fails is not made good by the next one") {
  Cached file;
  file.write(0, "a");
  file.sync(Persistence::SyncEnd::failed);
  file.sync();
  REQUIRE(file.disk.unpersisted().size() == 1);
  CHECK(file.disk.unpersisted()[0].missed == Unpersisted::Missed::failed);
  CHECK(file.all() == Strings{".", "a"});  // the size is another matter
}

TEST_CASE("persistence: a sector written anew after a failed sync is durable with the next one") {
  Cached file;
  file.write(0, "ab");
  file.sync();
  file.write(0, "xy");
  file.sync(Persistence::SyncEnd::failed);
  file.write(0, "x");
  file.sync();
  CHECK(file.all() == Strings{"xb", "xy"});
}

TEST_CASE("persistence: a sync that lies makes nothing durable") {
  Cached file;
  file.write(0, "a");
  file.sync(Persistence::SyncEnd::lied);
  CHECK(file.disk.unpersisted()[0].missed == Unpersisted::Missed::lied);
  file.sync();
  CHECK(file.disk.unpersisted().empty());
}

TEST_CASE("persistence: an older content never comes back over a newer durable one") {
  Cached file;
  file.write(0, "a");
  file.sync();
  const Identity slow = file.submit();
  const std::uint64_t submitted = file.moment;
  file.take_effect(slow, 0, "b");  // has taken effect, and not finished
  file.write(0, "c");
  file.sync();
  CHECK(file.disk.unpersisted().size() == 1);
  CHECK(file.disk.unpersisted()[0].submitted == submitted);
  CHECK(file.all() == Strings{"c"});
}

TEST_CASE("persistence: a durable write is durable when it finishes") {
  Cached file;
  const Identity io = file.submit();
  file.take_effect(io, 0, "a");
  CHECK(file.all() == Strings{"", ".", "a"});
  file.disk.finished(io, true);
  CHECK(file.all() == Strings{"a"});
}

TEST_CASE("persistence: a lost change says why") {
  Cached file;
  file.write(0, "a");
  Persistence copy = file.disk;
  const auto lost = copy.lose_power([](const Unpersisted&, std::uint32_t) { return 0U; });
  REQUIRE(lost.size() == 1);
  CHECK_FALSE(lost[0].is_part);
  CHECK(lost[0].change.missed == Unpersisted::Missed::no_sync);
  CHECK(copy.unpersisted().empty());
}

// Names.

namespace {

using Named = std::map<std::string, InodeId>;

struct Folder {
  explicit Folder(DiskRules rules = {}) { disk.reset(rules); }

  void named(Unpersisted::Kind kind, InodeId inode, std::string_view path,
             std::string_view new_path = {}) {
    const Identity io{1, static_cast<std::uint32_t>(disk.next_moment()), EventKind::delivery};
    disk.named({io, disk.next_moment()}, kind, inode, path, new_path);
    disk.finished(io, false);
  }
  void sync_folder(std::string_view folder) {
    disk.folder_synced({{}, disk.next_moment()}, folder);
  }
  /// After a power loss in which the first `count` changes survive.
  Named after(std::size_t count) const {
    Persistence copy = disk;
    std::size_t asked = 0;
    copy.lose_power([&](const Unpersisted&, std::uint32_t) { return asked++ < count ? 1U : 0U; });
    return copy.image().names;
  }

  Persistence disk;
};

}  // namespace

TEST_CASE("persistence: a new file has its name for good after a sync of the folder") {
  Folder folder;
  folder.named(Unpersisted::Kind::created, 0, "f");
  CHECK(folder.after(0) == Named{});
  CHECK(folder.after(1) == Named{{"f", 0}});
  folder.disk.synced({{}, folder.disk.next_moment()}, 0);
  CHECK(folder.after(0) == Named{});  // syncing the file is not enough
  folder.sync_folder("");
  CHECK(folder.after(0) == Named{{"f", 0}});
}

TEST_CASE("persistence: where the file system does so the sync of a file keeps its name") {
  Folder folder({.syncs_names = true});
  folder.named(Unpersisted::Kind::created, 0, "f");
  folder.disk.synced({{}, folder.disk.next_moment()}, 0);
  CHECK(folder.after(0) == Named{{"f", 0}});
}

TEST_CASE("persistence: a rename is done or not") {
  Folder folder;
  folder.disk.give("old", 0, {});
  folder.disk.give("new", 1, {});
  folder.named(Unpersisted::Kind::renamed, 1, "new", "old");
  CHECK(folder.after(0) == Named{{"new", 1}, {"old", 0}});
  CHECK(folder.after(1) == Named{{"old", 1}});
}

TEST_CASE("persistence: changes of names survive in their order") {
  Folder folder;
  folder.named(Unpersisted::Kind::created, 0, "a");
  folder.named(Unpersisted::Kind::created, 1, "b");
  folder.named(Unpersisted::Kind::removed, 0, "a");
  CHECK(folder.after(1) == Named{{"a", 0}});
  CHECK(folder.after(2) == Named{{"a", 0}, {"b", 1}});
  CHECK(folder.after(3) == Named{{"b", 1}});
}

TEST_CASE("persistence: the sync of another folder keeps nothing") {
  Folder folder;
  folder.named(Unpersisted::Kind::created, 0, "d/f");
  folder.sync_folder("");
  CHECK(folder.after(0) == Named{});
  folder.sync_folder("d");
  CHECK(folder.after(0) == Named{{"d/f", 0}});
}
