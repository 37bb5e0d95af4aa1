// The functions by which SQLite asks for files, memory, time and chance. The end of engine.h
// includes this file; nothing else should.
#pragma once

#include <reprise/core/digest.h>
#include <reprise/engines/sqlite/engine.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace reprise::sqlite {

/// What sqlite3_file points to.
struct FileMethods {
  using OpenFile = Engine::OpenFile;
  struct Handle {
    sqlite3_file base;
    OpenFile* file;
  };
  static OpenFile& of(sqlite3_file* handle) { return *reinterpret_cast<Handle*>(handle)->file; }
  static Sim& sim_of(const OpenFile& file) { return file.engine.sim_; }

  static Buffer borrow(const void* bytes, int size) {
    std::byte* const begin = static_cast<std::byte*>(const_cast<void*>(bytes));
    return Buffer::borrow({begin, static_cast<std::size_t>(size)});
  }
  static bool is_full(IOError error) {
    return error == IOError::no_space || error == IOError::quota || error == IOError::too_large;
  }
  /// SQLite's code for an error; `otherwise` for most.
  static int code_of(IOError error, int otherwise) {
    if (error == IOError::none) return SQLITE_OK;
    return is_full(error) ? SQLITE_FULL : otherwise;
  }
  /// Submits until the I/O is not only put off.
  template <class Submit>
  static Result<std::uint64_t> block(const OpenFile& file, Submit submit) {
    for (;;) {
      const Result<std::uint64_t> result = sim_of(file).block(submit());
      if (result.ok() || !is_retryable(result.error())) return result;
    }
  }

  static int close(sqlite3_file* handle) {
    OpenFile& file = of(handle);
    if (file.is_removed_at_end) {
      static_cast<void>(block(file, [&] { return sim_of(file).io().remove(file.path); }));
    }
    file.engine.close(file);
    return SQLITE_OK;
  }

  static int read(sqlite3_file* handle, void* to, int size, sqlite3_int64 offset) {
    OpenFile& file = of(handle);
    int moved = 0;
    while (moved < size) {
      std::byte* const at = static_cast<std::byte*>(to) + moved;
      const Result<std::uint64_t> result = block(file, [&] {
        return file.file->pread(static_cast<std::uint64_t>(offset + moved),
                                borrow(at, size - moved));
      });
      if (!result.ok()) return SQLITE_IOERR_READ;
      if (result.value() == 0) {
        std::memset(at, 0, static_cast<std::size_t>(size - moved));
        return SQLITE_IOERR_SHORT_READ;
      }
      moved += static_cast<int>(result.value());
    }
    return SQLITE_OK;
  }

  static int write(sqlite3_file* handle, const void* from, int size, sqlite3_int64 offset) {
    OpenFile& file = of(handle);
    int moved = 0;
    while (moved < size) {
      const std::byte* const at = static_cast<const std::byte*>(from) + moved;
      const Result<std::uint64_t> result = block(file, [&] {
        return file.file->pwrite(static_cast<std::uint64_t>(offset + moved),
                                 borrow(at, size - moved));
      });
      if (!result.ok()) return code_of(result.error(), SQLITE_IOERR_WRITE);
      moved += static_cast<int>(result.value());
    }
    return SQLITE_OK;
  }

  static int truncate(sqlite3_file* handle, sqlite3_int64 size) {
    OpenFile& file = of(handle);
    const Result<std::uint64_t> result =
        block(file, [&] { return file.file->truncate(static_cast<std::uint64_t>(size)); });
    return code_of(result.error(), SQLITE_IOERR_TRUNCATE);
  }

  static int sync(sqlite3_file* handle, int flags) {
    OpenFile& file = of(handle);
    if (!file.engine.claims_.syncs) return SQLITE_OK;
    const bool data_only = (flags & SQLITE_SYNC_DATAONLY) != 0;
    const Result<std::uint64_t> result =
        block(file, [&] { return data_only ? file.file->data_sync() : file.file->sync(); });
    if (!result.ok()) return code_of(result.error(), SQLITE_IOERR_FSYNC);
    return std::exchange(file.syncs_folder, false) ? sync_folder(file) : SQLITE_OK;
  }
  static int sync_folder(const OpenFile& file) {
    const Result<std::uint64_t> result =
        block(file, [&] { return sim_of(file).io().sync_folder(folder_of(file.path)); });
    return code_of(result.error(), SQLITE_IOERR_DIR_FSYNC);
  }
  static std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }

  static int file_size(sqlite3_file* handle, sqlite3_int64* size) {
    const Result<std::uint64_t> result = of(handle).file->size();
    if (!result.ok()) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(result.value());
    return SQLITE_OK;
  }

  static int lock(sqlite3_file* handle, int level) {
    OpenFile& file = of(handle);
    return file.shared->lock(file.holder, level);
  }
  static int unlock(sqlite3_file* handle, int level) {
    of(handle).holder.level = std::min(of(handle).holder.level, level);
    return SQLITE_OK;
  }
  static int check_reserved_lock(sqlite3_file* handle, int* is_reserved) {
    *is_reserved = of(handle).shared->is_reserved() ? 1 : 0;
    return SQLITE_OK;
  }
  static int file_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
  static int sector_size(sqlite3_file* handle) { return of(handle).engine.claims_.sector_bytes; }
  static int device_characteristics(sqlite3_file* handle) {
    return of(handle).engine.claims_.characteristics;
  }

  static int map(sqlite3_file* handle, int region, int bytes, int extends, void volatile** memory) {
    OpenFile& file = of(handle);
    *memory = file.shared->map(file.holder, static_cast<std::size_t>(region),
                               static_cast<std::size_t>(bytes), extends != 0);
    return SQLITE_OK;
  }
  static int lock_slots(sqlite3_file* handle, int first, int count, int flags) {
    OpenFile& file = of(handle);
    return file.shared->lock_slots(file.holder, first, count, flags);
  }
  static void barrier(sqlite3_file*) {}
  static int unmap(sqlite3_file* handle, int) {
    OpenFile& file = of(handle);
    file.shared->unmap(file.holder);
    return SQLITE_OK;
  }

  static const sqlite3_io_methods& table() {
    static const sqlite3_io_methods methods = {2,
                                               close,
                                               read,
                                               write,
                                               truncate,
                                               sync,
                                               file_size,
                                               lock,
                                               unlock,
                                               check_reserved_lock,
                                               file_control,
                                               sector_size,
                                               device_characteristics,
                                               map,
                                               lock_slots,
                                               barrier,
                                               unmap,
                                               nullptr,
                                               nullptr};
    return methods;
  }
};

/// What sqlite3_vfs and sqlite3_mem_methods point to.
struct SystemMethods {
  using OpenFile = Engine::OpenFile;

  static Engine& of(sqlite3_vfs* vfs) { return *static_cast<Engine*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* handle, int flags,
                  int* flags_got) {
    Engine& engine = of(vfs);
    handle->pMethods = nullptr;
    std::string name = path != nullptr ? path : "temporary" + std::to_string(++engine.temporary_);
    OpenResult opened =
        engine.sim_.io().open(name, {.create = (flags & SQLITE_OPEN_CREATE) != 0,
                                     .exclusive = (flags & SQLITE_OPEN_EXCLUSIVE) != 0,
                                     .read_only = (flags & SQLITE_OPEN_READONLY) != 0});
    if (!opened.ok()) return SQLITE_CANTOPEN;
    constexpr int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    OpenFile& file = engine.keep_open(
        std::make_unique<OpenFile>(OpenFile{engine, std::move(name), std::move(opened).value()}));
    file.syncs_folder = (flags & journals) != 0 && (flags & SQLITE_OPEN_CREATE) != 0;
    file.is_removed_at_end = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    auto* const made = reinterpret_cast<FileMethods::Handle*>(handle);
    made->file = &file;
    made->base.pMethods = &FileMethods::table();
    if (flags_got != nullptr) *flags_got = flags;
    return SQLITE_OK;
  }

  static int remove(sqlite3_vfs* vfs, const char* path, int syncs_folder) {
    IO& io = of(vfs).sim_.io();
    Sim& sim = of(vfs).sim_;
    const Result<std::uint64_t> removed = sim.block(io.remove(path));
    if (removed.error() == IOError::not_found) return SQLITE_IOERR_DELETE_NOENT;
    if (!removed.ok()) return SQLITE_IOERR_DELETE;
    if (syncs_folder == 0 || !of(vfs).claims_.syncs) return SQLITE_OK;
    const Result<std::uint64_t> synced = sim.block(io.sync_folder(FileMethods::folder_of(path)));
    return synced.ok() ? SQLITE_OK : SQLITE_IOERR_DIR_FSYNC;
  }

  /// An empty file does not count, as in SQLite's own VFS.
  static int access(sqlite3_vfs* vfs, const char* path, int flags, int* is_there) {
    const OpenResult opened = of(vfs).sim_.io().open(path, {.create = false});
    *is_there = opened.ok() ? 1 : 0;
    if (!opened.ok() || flags != SQLITE_ACCESS_EXISTS) return SQLITE_OK;
    const Result<std::uint64_t> size = opened.value()->size();
    *is_there = size.ok() && size.value() > 0 ? 1 : 0;
    return SQLITE_OK;
  }

  static int full_path(sqlite3_vfs*, const char* path, int size, char* to) {
    sqlite3_snprintf(size, to, "%s", path);
    return SQLITE_OK;
  }

  /// The same numbers in every run, but others after a restart.
  static int randomness(sqlite3_vfs* vfs, int size, char* to) {
    for (int i = 0; i < size; ++i) {
      to[i] = static_cast<char>(mix(++of(vfs).random_, 0) & 0xff);
    }
    return size;
  }
  static int sleep(sqlite3_vfs* vfs, int us) {
    Sim& sim = of(vfs).sim_;
    static_cast<void>(sim.block(sim.io().timer(std::chrono::microseconds(us))));
    return us;
  }
  static int current_time(sqlite3_vfs* vfs, sqlite3_int64* ms) {
    constexpr sqlite3_int64 begin_ms = 212'444'596'800'000;  // 2020-01-01, as a Julian date
    *ms = begin_ms + static_cast<sqlite3_int64>(of(vfs).sim_.now().ns / 1'000'000);
    return SQLITE_OK;
  }
  static int current_day(sqlite3_vfs* vfs, double* days) {
    sqlite3_int64 ms = 0;
    current_time(vfs, &ms);
    *days = static_cast<double>(ms) / 86'400'000.0;
    return SQLITE_OK;
  }
  static int last_error(sqlite3_vfs*, int, char*) { return 0; }

  static sqlite3_vfs& vfs() {
    static sqlite3_vfs made = {3,
                               sizeof(FileMethods::Handle),
                               512,
                               nullptr,
                               "reprise",
                               nullptr,
                               open,
                               remove,
                               access,
                               full_path,
                               nullptr,
                               nullptr,
                               nullptr,
                               nullptr,
                               randomness,
                               sleep,
                               current_day,
                               last_error,
                               current_time,
                               nullptr,
                               nullptr,
                               nullptr};
    return made;
  }

  static void* allocate(int bytes) {
    return Engine::arena().allocate(static_cast<std::size_t>(bytes));
  }
  static void release(void* bytes) { Engine::arena().release(bytes); }
  static void* reallocate(void* bytes, int size) {
    return Engine::arena().reallocate(bytes, static_cast<std::size_t>(size));
  }
  static int size_of(void* bytes) {
    return bytes == nullptr ? 0 : static_cast<int>(Engine::arena().size_of(bytes));
  }
  static int round_up(int bytes) { return (bytes + 7) / 8 * 8; }
  static int begin(void*) { return SQLITE_OK; }
  static void end(void*) {}

  static const sqlite3_mem_methods& memory() {
    static const sqlite3_mem_methods methods = {allocate, release, reallocate, size_of,
                                                round_up, begin,   end,        nullptr};
    return methods;
  }
};

// SQLite's configuration belongs to the whole process, and so does its memory.
inline internal::Arena& Engine::arena() {
  static internal::Arena arena;
  return arena;
}

inline Engine::Engine(Sim& sim, const Claims& claims) : sim_(sim), claims_(claims) { start(); }

inline Engine::~Engine() { sqlite3_shutdown(); }

inline void Engine::restart() {
  files_.clear();
  shared_.clear();
  start();
}

inline void Engine::start() {
  sqlite3_shutdown();
  arena().reset();
  sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
  sqlite3_config(SQLITE_CONFIG_MALLOC, &SystemMethods::memory());
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  SystemMethods::vfs().pAppData = this;
  sqlite3_initialize();
  sqlite3_vfs_register(&SystemMethods::vfs(), 1);
  sqlite3_randomness(0, nullptr);
}

inline Engine::OpenFile& Engine::keep_open(std::unique_ptr<OpenFile> file) {
  file->shared = &shared_[file->path];
  file->shared->add(file->holder);
  files_.push_back(std::move(file));
  return *files_.back();
}

inline void Engine::close(OpenFile& file) {
  file.shared->remove(file.holder);
  std::erase_if(files_, [&](const std::unique_ptr<OpenFile>& each) { return each.get() == &file; });
}

}  // namespace reprise::sqlite
