// Random numbers of the C library and of the system, answered by the plan while code under test
// runs.
#include <reprise/sim/surface/pass_on.h>
#include <reprise/sim/surface/surfaces.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

const bool reprise::internal::answers_chance = true;

#ifndef REPRISE_NO_HOOKS

namespace {

using reprise::SurfaceCall;
using reprise::Surfaces;

Surfaces* answering() { return reprise::internal::surfaces; }

std::span<std::byte> bytes_at(void* memory, std::size_t size) {
  return {static_cast<std::byte*>(memory), size};
}

std::uint32_t number(Surfaces& surfaces, const SurfaceCall& call) {
  std::array<std::byte, 4> bytes{};
  surfaces.fill(call, bytes);
  std::uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8U | std::to_integer<std::uint32_t>(byte);
  return value;
}

// The C library's generators as a new process has them.
void begin_sequence(Surfaces& surfaces, const SurfaceCall& call);

bool is_random_file(const char* path) {
  const std::string_view name = path == nullptr ? "" : path;
  return name == "/dev/urandom" || name == "/dev/random";
}

// A file in memory that stands for /dev/urandom. Differs from Linux: it ends, after 64 KiB.
int open_random_file(Surfaces& surfaces, const SurfaceCall& call) {
  std::array<std::byte, std::size_t{64} << 10> bytes;
  surfaces.fill(call, bytes);
  const int file = memfd_create("random", MFD_CLOEXEC);
  if (file < 0) return file;
  if (write(file, bytes.data(), bytes.size()) < 0) return file;
  lseek(file, 0, SEEK_SET);
  return file;
}

int open_file(int folder, const char* path, int flags, mode_t mode, const SurfaceCall& call) {
  if (Surfaces* const surfaces = answering(); surfaces != nullptr && is_random_file(path)) {
    return open_random_file(*surfaces, call);
  }
  return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}

// The mode is there only if a file may be made.
bool has_mode(int flags) { return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE; }

FILE* random_stream(Surfaces& surfaces, const char* mode, const SurfaceCall& call) {
  const int file = open_random_file(surfaces, call);
  return file < 0 ? nullptr : fdopen(file, mode);
}

}  // namespace

#define REPRISE_MODE(flags)           \
  mode_t mode = 0;                    \
  if (has_mode(flags)) {              \
    va_list arguments;                \
    va_start(arguments, flags);       \
    mode = va_arg(arguments, mode_t); \
    va_end(arguments);                \
  }

#define REPRISE_SEQUENCE(function)                                   \
  if (Surfaces* const surfaces = answering(); surfaces != nullptr) { \
    begin_sequence(*surfaces, REPRISE_CALL(#function));              \
  }

extern "C" {

// Sequences that a program shares: begun anew in each run.

int rand() noexcept {
  REPRISE_SEQUENCE(rand)
  return REPRISE_PASS_ON(rand);
}
void srand(unsigned int seed) noexcept {
  REPRISE_SEQUENCE(srand)
  REPRISE_PASS_ON(srand, seed);
}
long random() noexcept {
  REPRISE_SEQUENCE(random)
  return REPRISE_PASS_ON(random);
}
void srandom(unsigned int seed) noexcept {
  REPRISE_SEQUENCE(srandom)
  REPRISE_PASS_ON(srandom, seed);
}
double drand48() noexcept {  // tidy-ok: the C library's own type
  REPRISE_SEQUENCE(drand48)
  return REPRISE_PASS_ON(drand48);
}
long lrand48() noexcept {
  REPRISE_SEQUENCE(lrand48)
  return REPRISE_PASS_ON(lrand48);
}
long mrand48() noexcept {
  REPRISE_SEQUENCE(mrand48)
  return REPRISE_PASS_ON(mrand48);
}
void srand48(long seed) noexcept {
  REPRISE_SEQUENCE(srand48)
  REPRISE_PASS_ON(srand48, seed);
}

// The system's random bytes.

ssize_t getrandom(void* to, std::size_t size, unsigned int flags) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(getrandom, to, size, flags);
  surfaces->fill(REPRISE_CALL("getrandom"), bytes_at(to, size));
  return static_cast<ssize_t>(size);
}

int getentropy(void* to, std::size_t size) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(getentropy, to, size);
  surfaces->fill(REPRISE_CALL("getentropy"), bytes_at(to, size));
  return 0;
}

std::uint32_t arc4random() noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(arc4random);
  return number(*surfaces, REPRISE_CALL("arc4random"));
}

void arc4random_buf(void* to, std::size_t size) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(arc4random_buf, to, size);
  surfaces->fill(REPRISE_CALL("arc4random_buf"), bytes_at(to, size));
}

std::uint32_t arc4random_uniform(std::uint32_t bound) noexcept {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr) return REPRISE_PASS_ON(arc4random_uniform, bound);
  const std::uint64_t wide = number(*surfaces, REPRISE_CALL("arc4random_uniform"));
  return static_cast<std::uint32_t>(wide * bound >> 32U);
}

// std::random_device::_M_getval(), which may ask the processor.
unsigned int reprise_random_device(void* device) asm("_ZNSt13random_device9_M_getvalEv");

unsigned int reprise_random_device(void* device) {
  Surfaces* const surfaces = answering();
  if (surfaces != nullptr) return number(*surfaces, REPRISE_CALL("std::random_device"));
  using Function = unsigned int (*)(void*);
  static const auto next =
      reinterpret_cast<Function>(dlsym(RTLD_NEXT, "_ZNSt13random_device9_M_getvalEv"));
  return next(device);
}

// /dev/urandom.

int open(const char* path, int flags, ...) {
  REPRISE_MODE(flags)
  return open_file(AT_FDCWD, path, flags, mode, REPRISE_CALL_WITH("open", "/dev/urandom"));
}
int open64(const char* path, int flags, ...) {
  REPRISE_MODE(flags)
  return open_file(AT_FDCWD, path, flags | O_LARGEFILE, mode,
                   REPRISE_CALL_WITH("open", "/dev/urandom"));
}
int openat(int folder, const char* path, int flags, ...) {
  REPRISE_MODE(flags)
  return open_file(folder, path, flags, mode, REPRISE_CALL_WITH("openat", "/dev/urandom"));
}
int openat64(int folder, const char* path, int flags, ...) {
  REPRISE_MODE(flags)
  return open_file(folder, path, flags | O_LARGEFILE, mode,
                   REPRISE_CALL_WITH("openat", "/dev/urandom"));
}

FILE* fopen(const char* path, const char* mode) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_random_file(path)) return REPRISE_PASS_ON(fopen, path, mode);
  return random_stream(*surfaces, mode, REPRISE_CALL_WITH("fopen", "/dev/urandom"));
}
FILE* fopen64(const char* path, const char* mode) {
  Surfaces* const surfaces = answering();
  if (surfaces == nullptr || !is_random_file(path)) return REPRISE_PASS_ON(fopen64, path, mode);
  return random_stream(*surfaces, mode, REPRISE_CALL_WITH("fopen", "/dev/urandom"));
}

}  // extern "C"

namespace {

void begin_sequence(Surfaces& surfaces, const SurfaceCall& call) {
  if (!surfaces.begins_sequence(call)) return;
  std::array<unsigned short, 3> zeros{};
  REPRISE_PASS_ON(srandom, 1U);
  seed48(zeros.data());
}

}  // namespace

#endif  // REPRISE_NO_HOOKS
