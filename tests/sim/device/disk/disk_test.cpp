#include <reprise/sim/device/disk/disk.h>

#include <doctest/doctest.h>
#include <reprise/sim/device/buffer_guard.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace reprise;

namespace {

Buffer buffer_of(std::string_view text) {
  Buffer buffer = Buffer::allocate(text.size());
  std::ranges::transform(text, buffer.data(), [](char c) { return static_cast<std::byte>(c); });
  return buffer;
}

std::string text_of(const Buffer& buffer) {
  std::string text;
  for (const std::byte byte : buffer.bytes()) {
    text += byte == poison_byte ? '?' : byte == std::byte{0} ? '.' : static_cast<char>(byte);
  }
  return text;
}

struct Fixture {
  Disk disk;
  InodeId file = disk.open("f", true, false).value();

  void write(std::uint64_t offset, std::string_view text, std::uint64_t max = UINT64_MAX) {
    const Buffer buffer = buffer_of(text);
    disk.write(file, offset, {&buffer, 1}, max);
  }
  std::string read(std::uint64_t offset, std::size_t size, std::uint64_t max = UINT64_MAX) {
    const Buffer buffer = Buffer::allocate(size);
    moved = disk.read(file, offset, {&buffer, 1}, max);
    return text_of(buffer);
  }
  std::uint64_t moved = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "disk: what was written is read") {
  write(0, "hello");
  CHECK(read(0, 5) == "hello");
  CHECK(moved == 5);
  CHECK(disk.size(file) == 5);
}

TEST_CASE_FIXTURE(Fixture, "disk: contents that are set replace what was there") {
  write(0, "hello");
  const Buffer bytes = buffer_of("abc");
  disk.set_bytes(file, bytes.bytes());
  CHECK(read(0, 5) == "abc??");
  CHECK(disk.bytes(file).size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "disk: a file is known by its name until that is another's") {
  CHECK(disk.inode_of("f") == file);
  CHECK_FALSE(disk.inode_of("g").has_value());
  CHECK(disk.has_name(file));
  const InodeId other = disk.open("g", true, false).value();
  CHECK(disk.rename("g", "f").ok());
  CHECK(disk.inode_of("f") == other);
  CHECK_FALSE(disk.has_name(file));
  CHECK(disk.remove("f").ok());
  CHECK_FALSE(disk.inode_of("f").has_value());
  CHECK_FALSE(disk.has_name(other));
}

TEST_CASE_FIXTURE(Fixture, "disk: a read beyond the end is short and its rest is poison") {
  write(0, "hello");
  CHECK(read(3, 5) == "lo???");
  CHECK(moved == 2);
  CHECK(read(5, 2) == "??");
  CHECK(moved == 0);
  CHECK(read(500, 2) == "??");
  CHECK(moved == 0);
}

TEST_CASE_FIXTURE(Fixture, "disk: a bounded read poisons what it leaves out") {
  write(0, "hello");
  CHECK(read(1, 4, 2) == "el??");
  CHECK(moved == 2);
}

TEST_CASE_FIXTURE(Fixture, "disk: a write beyond the end leaves zeros between") {
  write(3, "x");
  CHECK(read(0, 4) == "...x");
}

TEST_CASE_FIXTURE(Fixture, "disk: a bounded write changes only its prefix") {
  write(0, "abcdef");
  write(1, "XYZ", 2);
  CHECK(read(0, 6) == "aXYdef");
}

TEST_CASE_FIXTURE(Fixture, "disk: several buffers are one range") {
  const Buffer parts[] = {buffer_of("ab"), buffer_of(""), buffer_of("cde")};
  CHECK(disk.write(file, 1, parts, 4) == 4);
  CHECK(read(0, 6) == ".abcd?");
  const Buffer targets[] = {Buffer::allocate(1), Buffer::allocate(3), Buffer::allocate(2)};
  CHECK(disk.read(file, 0, targets, 3) == 3);
  CHECK(text_of(targets[0]) == ".");
  CHECK(text_of(targets[1]) == "ab?");
  CHECK(text_of(targets[2]) == "??");
}

TEST_CASE_FIXTURE(Fixture, "disk: truncating cuts and extends with zeros") {
  write(0, "abcdef");
  disk.truncate(file, 2);
  CHECK(disk.size(file) == 2);
  disk.truncate(file, 4);
  CHECK(read(0, 4) == "ab..");
}

TEST_CASE_FIXTURE(Fixture, "disk: opening creates only if asked to") {
  CHECK(disk.open("g", false, false).error() == IOError::not_found);
  CHECK(disk.open("g", true, false).ok());
  CHECK(disk.open("g", false, false).ok());
}

TEST_CASE_FIXTURE(Fixture, "disk: an exclusive open fails if the file is there") {
  CHECK(disk.open("f", true, true).error() == IOError::exists);
  CHECK(disk.open("g", true, true).ok());
}

TEST_CASE_FIXTURE(Fixture, "disk: a removed file lives on for those who have it open") {
  write(0, "old");
  CHECK(disk.remove("f").ok());
  CHECK(disk.remove("f").error() == IOError::not_found);
  CHECK(read(0, 3) == "old");
  const InodeId fresh = disk.open("f", true, false).value();
  CHECK(fresh != file);
  CHECK(disk.size(fresh) == 0);
}

TEST_CASE_FIXTURE(Fixture, "disk: renaming moves the bytes and replaces the target") {
  write(0, "new");
  const InodeId target = disk.open("g", true, false).value();
  disk.truncate(target, 9);
  CHECK(disk.rename("f", "g").ok());
  CHECK(disk.open("f", false, false).error() == IOError::not_found);
  CHECK(disk.open("g", false, false).value() == file);
  CHECK(disk.size(target) == 9);
}

TEST_CASE_FIXTURE(Fixture, "disk: renaming what is not there fails") {
  CHECK(disk.rename("nothing", "g").error() == IOError::not_found);
  CHECK(disk.open("g", false, false).error() == IOError::not_found);
}

TEST_CASE_FIXTURE(Fixture, "disk: renaming a file to its own name changes nothing") {
  write(0, "abc");
  CHECK(disk.rename("f", "f").ok());
  CHECK(disk.open("f", false, false).value() == file);
}

TEST_CASE_FIXTURE(Fixture, "disk: bad sectors are those that were touched and no other") {
  disk.spoil(file, 600, 500);  // sectors 1 and 2
  CHECK_FALSE(disk.spoiled(file, 0, 512));
  CHECK(disk.spoiled(file, 0, 513));
  CHECK(disk.spoiled(file, 512, 1));
  CHECK(disk.spoiled(file, 1535, 1));
  CHECK_FALSE(disk.spoiled(file, 1536, 4096));
  CHECK(disk.spoiled(file, 0, 1 << 20));
  CHECK_FALSE(disk.spoiled(file, 600, 0));
}

TEST_CASE_FIXTURE(Fixture, "disk: bad sectors are those of one file") {
  disk.spoil(file, 0, 512);
  CHECK_FALSE(disk.spoiled(disk.open("g", true, false).value(), 0, 512));
}

TEST_CASE_FIXTURE(Fixture, "disk: a reset disk is as new") {
  const std::uint64_t empty = Disk().digest();
  write(0, "abc");
  disk.spoil(file, 0, 512);
  CHECK(disk.digest() != empty);
  disk.reset();
  CHECK(disk.digest() == empty);
  CHECK(disk.open("f", false, false).error() == IOError::not_found);
  file = disk.open("f", true, false).value();
  CHECK(disk.size(file) == 0);
  CHECK_FALSE(disk.spoiled(file, 0, 512));
}

TEST_CASE_FIXTURE(Fixture, "disk: the digest is of names and bytes and not of history") {
  write(0, "abc");
  Disk other;
  const InodeId first = other.open("other", true, false).value();
  const Buffer bytes = buffer_of("abc");
  other.write(first, 0, {&bytes, 1}, 3);
  CHECK(other.digest() != disk.digest());
  CHECK(other.rename("other", "f").ok());
  CHECK(other.digest() == disk.digest());
}
