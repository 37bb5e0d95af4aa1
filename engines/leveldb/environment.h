// Environment: what LevelDB asks of its system. The end of engine.h includes this file; nothing
// else should.
#pragma once

#include <reprise/engines/leveldb/engine.h>
#include <reprise/engines/leveldb/files.h>

#include <leveldb/comparator.h>

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reprise::level_db {

class FileLock final : public ::leveldb::FileLock {
 public:
  explicit FileLock(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// What LevelDB has to say goes nowhere.
class Logger final : public ::leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}
};

class Environment final : public ::leveldb::Env {
 public:
  using Status = ::leveldb::Status;

  explicit Environment(Engine& engine) : engine_(engine) {}

  Status NewSequentialFile(const std::string& path, ::leveldb::SequentialFile** result) override {
    return make<SequentialFile>(path, {.create = false, .read_only = true}, result);
  }
  Status NewRandomAccessFile(const std::string& path,
                             ::leveldb::RandomAccessFile** result) override {
    return make<RandomAccessFile>(path, {.create = false, .read_only = true}, result);
  }
  Status NewWritableFile(const std::string& path, ::leveldb::WritableFile** result) override {
    return make_writable(path, result, true);
  }
  Status NewAppendableFile(const std::string& path, ::leveldb::WritableFile** result) override {
    return make_writable(path, result, false);
  }

  bool FileExists(const std::string& path) override { return engine_.exists(path); }
  Status GetChildren(const std::string& folder, std::vector<std::string>* result) override {
    result->clear();
    for (const std::string& name : engine_.names_) {
      if (folder_of(name) != folder || !engine_.exists(name)) continue;
      result->emplace_back(name_in_folder(name));
    }
    return Status::OK();
  }
  Status RemoveFile(const std::string& path) override {
    const auto submit = [&] { return engine_.sim_.io().remove(path); };
    return status_of(engine_.block(submit).error(), path);
  }
  // There is one flat folder.
  Status CreateDir(const std::string&) override { return Status::OK(); }
  Status RemoveDir(const std::string&) override { return Status::OK(); }
  Status GetFileSize(const std::string& path, std::uint64_t* bytes) override {
    *bytes = 0;
    IOError error = IOError::none;
    File* const file = engine_.open(path, {.create = false, .read_only = true}, error);
    if (file == nullptr) return status_of(error, path);
    *bytes = OpenFile(engine_, *file, path).size();
    return Status::OK();
  }
  Status RenameFile(const std::string& from, const std::string& to) override {
    Engine::outside([&] { engine_.names_.emplace(to); });
    const auto submit = [&] { return engine_.sim_.io().rename(from, to); };
    return status_of(engine_.block(submit).error(), from);
  }

  Status LockFile(const std::string& path, ::leveldb::FileLock** lock) override {
    *lock = nullptr;
    IOError error = IOError::none;
    File* const file = engine_.open(path, {}, error);
    if (file == nullptr) return status_of(error, path);
    engine_.close(file);
    if (!Engine::outside([&] { return engine_.locked_.emplace(path).second; })) {
      return Status::IOError("lock " + path, "already held by process");
    }
    *lock = new FileLock(path);
    return Status::OK();
  }
  Status UnlockFile(::leveldb::FileLock* lock) override {
    const auto* const held = static_cast<FileLock*>(lock);
    Engine::outside([&] { engine_.locked_.erase(held->path()); });
    delete held;
    return Status::OK();
  }

  void Schedule(void (*function)(void*), void* argument) override {
    engine_.schedule({function, argument});
  }
  void StartThread(void (*function)(void*), void* argument) override {
    engine_.start_thread({function, argument});
  }
  Status GetTestDirectory(std::string* path) override {
    *path = "test";
    return Status::OK();
  }
  Status NewLogger(const std::string&, ::leveldb::Logger** result) override {
    *result = new Logger;
    return Status::OK();
  }
  std::uint64_t NowMicros() override {
    constexpr std::uint64_t begin_us = 1'577'836'800'000'000;  // 2020-01-01
    return begin_us + engine_.sim_.now().ns / 1'000;
  }
  void SleepForMicroseconds(int us) override {
    const auto submit = [&] { return engine_.sim_.io().timer(std::chrono::microseconds(us)); };
    static_cast<void>(engine_.block(submit));
  }

 private:
  template <class Made, class Interface>
  Status make(const std::string& path, const OpenOptions& options, Interface** result) {
    *result = nullptr;
    IOError error = IOError::none;
    File* const file = engine_.open(path, options, error);
    if (file == nullptr) return status_of(error, path);
    *result = new Made(engine_, *file, path);
    return Status::OK();
  }
  Status make_writable(const std::string& path, ::leveldb::WritableFile** result, bool is_new) {
    *result = nullptr;
    IOError error = IOError::none;
    File* const file = engine_.open(path, {}, error);
    if (file == nullptr) return status_of(error, path);
    const std::uint64_t size = file->size().value();
    if (is_new && size != 0) {
      const auto submit = [&] { return file->truncate(0); };
      error = engine_.block(submit).error();
      if (error != IOError::none) engine_.close(file);
    }
    if (error != IOError::none) return status_of(error, path);
    *result = new WritableFile(engine_, *file, path, is_new ? 0 : size);
    return Status::OK();
  }

  Engine& engine_;
};

inline Engine::Engine(Sim& sim) : sim_(sim), env_(std::make_unique<Environment>(*this)) {
  // What LevelDB makes once in a process.
  static_cast<void>(::leveldb::Env::Default());
  static_cast<void>(::leveldb::BytewiseComparator());
  start();
}

inline Engine::~Engine() { start(); }

inline void Engine::restart() { start(); }

inline void Engine::start() {
  files_.clear();
  locked_.clear();
  jobs_.clear();
  is_working_ = false;
  internal::ForeignHeap::arena().reset();
  const internal::ForeignHeap::Inside inside;
  void* const volatile memory = internal::serves_engines ? std::malloc(1) : nullptr;
  REPRISE_ASSERT(internal::ForeignHeap::arena().holds(memory),
                 "LevelDB needs reprise::watch, and no AddressSanitizer");
  std::free(memory);
}

inline File* Engine::open(const std::string& path, const OpenOptions& options, IOError& error) {
  const internal::ForeignHeap::Outside outside;
  // Making a file takes its time, and LevelDB holds its mutex meanwhile.
  if (options.create) static_cast<void>(sim_.block(Completion::yield()));
  OpenResult opened = sim_.io().open(path, options);
  error = opened.error();
  if (!opened.ok()) return nullptr;
  if (options.create) names_.emplace(path);
  files_.push_back(std::move(opened).value());
  return files_.back().get();
}

inline void Engine::close(const File* file) {
  const internal::ForeignHeap::Outside outside;
  std::erase_if(files_, [&](const std::unique_ptr<File>& each) { return each.get() == file; });
}

inline bool Engine::exists(const std::string& path) {
  const internal::ForeignHeap::Outside outside;
  return sim_.io().open(path, {.create = false, .read_only = true}).ok();
}

// One task at a time does all background work, as one thread does in LevelDB's own Env. It ends
// when there is none, so that nothing waits when the run is over.
inline void Engine::schedule(const Job& job) {
  const internal::ForeignHeap::Outside outside;
  jobs_.push_back(job);
  if (!std::exchange(is_working_, true)) sim_.task("background", ++workers_, [this] { work(); });
}

inline void Engine::work() {
  while (!jobs_.empty()) {
    const Job job = jobs_.front();
    jobs_.pop_front();
    call([&] { job.function(job.argument); });
  }
  is_working_ = false;
}

inline void Engine::start_thread(const Job& job) {
  const internal::ForeignHeap::Outside outside;
  sim_.task("thread", ++threads_, [this, job] { call([&] { job.function(job.argument); }); });
}

}  // namespace reprise::level_db
