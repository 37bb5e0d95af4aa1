// The files that LevelDB gets from its Env: handles to files which the engine keeps open. They lie
// in the engine's memory. Included by environment.h; nothing else should.
#pragma once

#include <reprise/engines/leveldb/engine.h>

#include <leveldb/slice.h>
#include <leveldb/status.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace reprise::level_db {

inline ::leveldb::Status status_of(IOError error, std::string_view path) {
  if (error == IOError::none) return ::leveldb::Status::OK();
  const ::leveldb::Slice name(path.data(), path.size());
  const std::string words = to_string(error);
  return error == IOError::not_found ? ::leveldb::Status::NotFound(name, words)
                                     : ::leveldb::Status::IOError(name, words);
}

inline std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

inline std::string_view name_in_folder(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The bytes stay in LevelDB's memory, which lives on until the engine begins anew.
inline Buffer borrow(const char* bytes, std::size_t size) {
  const std::span<const std::byte> all = std::as_bytes(std::span(bytes, size));
  return Buffer::borrow({const_cast<std::byte*>(all.data()), all.size()});
}

class OpenFile {
 public:
  OpenFile(Engine& engine, File& file, std::string path)
      : engine_(engine), file_(&file), path_(std::move(path)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { close(); }

  void close() {
    if (file_ != nullptr) engine_.close(std::exchange(file_, nullptr));
  }
  std::uint64_t size() const { return file_->size().value(); }
  ::leveldb::Status read(std::uint64_t offset, std::size_t size, ::leveldb::Slice* result,
                         char* scratch) const {
    std::size_t moved = 0;
    IOError error = IOError::none;
    while (moved < size) {
      const Result<std::uint64_t> read = engine_.block(
          [&] { return file_->pread(offset + moved, borrow(scratch + moved, size - moved)); });
      if (!read.ok()) error = read.error();
      if (!read.ok() || read.value() == 0) break;
      moved += read.value();
    }
    *result = ::leveldb::Slice(scratch, error == IOError::none ? moved : 0);
    return status_of(error, path_);
  }
  ::leveldb::Status write(std::uint64_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
      const Result<std::uint64_t> written =
          engine_.block([&] { return file_->pwrite(offset, borrow(bytes.data(), bytes.size())); });
      if (!written.ok()) return status_of(written.error(), path_);
      offset += written.value();
      bytes.remove_prefix(written.value());
    }
    return ::leveldb::Status::OK();
  }
  ::leveldb::Status truncate() const {
    return status_of(engine_.block([&] { return file_->truncate(0); }).error(), path_);
  }
  ::leveldb::Status sync() const {
    return status_of(engine_.block([&] { return file_->data_sync(); }).error(), path_);
  }
  ::leveldb::Status sync_folder() const {
    const Result<std::uint64_t> synced =
        engine_.block([&] { return engine_.sim_.io().sync_folder(folder_of(path_)); });
    return status_of(synced.error(), path_);
  }
  const std::string& path() const { return path_; }

 private:
  Engine& engine_;
  File* file_;
  std::string path_;
};

class SequentialFile final : public ::leveldb::SequentialFile {
 public:
  SequentialFile(Engine& engine, File& file, const std::string& path) : file_(engine, file, path) {}
  ::leveldb::Status Read(std::size_t size, ::leveldb::Slice* result, char* scratch) override {
    const ::leveldb::Status status = file_.read(position_, size, result, scratch);
    position_ += result->size();
    return status;
  }
  ::leveldb::Status Skip(std::uint64_t bytes) override {
    position_ = std::min(position_ + bytes, file_.size());
    return ::leveldb::Status::OK();
  }

 private:
  OpenFile file_;
  std::uint64_t position_ = 0;
};

class RandomAccessFile final : public ::leveldb::RandomAccessFile {
 public:
  RandomAccessFile(Engine& engine, File& file, const std::string& path)
      : file_(engine, file, path) {}
  ::leveldb::Status Read(std::uint64_t offset, std::size_t size, ::leveldb::Slice* result,
                         char* scratch) const override {
    return file_.read(offset, size, result, scratch);
  }

 private:
  OpenFile file_;
};

/// Gathers and syncs as LevelDB's own Env for POSIX does: a sync of a manifest makes the names of
/// the files durable first that it speaks of.
class WritableFile final : public ::leveldb::WritableFile {
 public:
  WritableFile(Engine& engine, File& file, const std::string& path, std::uint64_t position)
      : file_(engine, file, path), position_(position) {}
  ~WritableFile() override {
    if (!is_closed_) static_cast<void>(Close());
  }
  ::leveldb::Status Append(const ::leveldb::Slice& bytes) override {
    gathered_.append(bytes.data(), bytes.size());
    return gathered_.size() < gathered_max ? ::leveldb::Status::OK() : Flush();
  }
  ::leveldb::Status Close() override {
    const ::leveldb::Status status = Flush();
    file_.close();
    is_closed_ = true;
    return status;
  }
  ::leveldb::Status Flush() override {
    const ::leveldb::Status status = file_.write(position_, gathered_);
    position_ += gathered_.size();
    gathered_.clear();
    return status;
  }
  ::leveldb::Status Sync() override {
    if (name_in_folder(file_.path()).starts_with("MANIFEST")) {
      const ::leveldb::Status status = file_.sync_folder();
      if (!status.ok()) return status;
    }
    const ::leveldb::Status status = Flush();
    return status.ok() ? file_.sync() : status;
  }

 private:
  static constexpr std::size_t gathered_max = 65'536;

  OpenFile file_;
  std::uint64_t position_;
  std::string gathered_;
  bool is_closed_ = false;
};

}  // namespace reprise::level_db
