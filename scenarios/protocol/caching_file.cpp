// A user's own device: a File in front of another one, which makes its completions from a pool. A
// device finishes each of them once, with no more bytes than it was asked for.
#include <reprise/reprise.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace reprise::protocol::caching_file {
namespace {

constexpr std::size_t sector_size = 512;

// Remembers the first sector, once it was read.
class CachingFile : public File {
 public:
  explicit CachingFile(File& file) : file_(file) {}

  Result<std::uint64_t> size() const override { return file_.size(); }

  Completion submit(IORequest&& request) override {
    const bool is_cacheable =
        request.kind == IOKind::read && request.offset == 0 && request.buffers.size() == 1;
    if (!is_cacheable) return file_.submit(std::move(request));
    const Buffer wanted = request.buffers[0];
    Completion done = pool_.make(std::move(request.callback), nullptr, 0, wanted.size());
    if (cached_) answer(done, wanted);
    fetch(done, wanted);
    return done;
  }

 protected:
  // Asks the file below for the whole sector, if there is need to.
  virtual void fetch(const Completion& done, const Buffer& wanted) = 0;
  virtual std::uint64_t moved(const Buffer& wanted) const = 0;

  void ask(const Completion& done, const Buffer& wanted) {
    below_.push_back(file_.pread(0, sector_, [this, done, wanted](const Completion& read) {
      if (!read.succeeded()) return done.fail(read.get_error());
      bytes_ = read.result();
      cached_ = true;
      answer(done, wanted);
    }));
  }
  void answer(const Completion& done, const Buffer& wanted) const {
    std::memcpy(wanted.data(), sector_.data(), std::min(wanted.size(), sector_.size()));
    done.finish(moved(wanted));
  }

  File& file_;
  CompletionPool pool_;
  const Buffer sector_ = Buffer::allocate(sector_size);
  std::uint64_t bytes_ = 0;  // of the sector, that the file has
  bool cached_ = false;
  std::vector<Completion> below_;
};

class Sound : public CachingFile {
 public:
  using CachingFile::CachingFile;

 protected:
  void fetch(const Completion& done, const Buffer& wanted) override {
    if (!cached_) ask(done, wanted);
  }
  std::uint64_t moved(const Buffer& wanted) const override {
    return std::min<std::uint64_t>(bytes_, wanted.size());
  }
};

// Answers from the cache, and again when the sector has been read anew.
class AnswersTwice final : public Sound {
 public:
  using Sound::Sound;

 protected:
  void fetch(const Completion& done, const Buffer& wanted) override { ask(done, wanted); }
};

// Tells what it moved itself, not what was asked of it.
class TellsTooMuch final : public Sound {
 public:
  using Sound::Sound;

 protected:
  std::uint64_t moved(const Buffer&) const override { return bytes_; }
};

template <class Device>
void read_twice(Sim& sim) {
  Device file(sim.open("sectors"));
  sim.task("client", [&] {
    const Completion written = file.pwrite(0, Buffer::allocate(sector_size));
    sim.expect(sim.wait(written) == IOError::none, "the sector is written");
    for (int i = 0; i < 2; ++i) {
      const Completion read = file.pread(0, Buffer::allocate(100));
      sim.expect(sim.wait(read) == IOError::none, "the sector is read");
    }
  });
  sim.run();
}

CANARY("protocol/finished-twice", "completion-protocol", read_twice<AnswersTwice>,
       read_twice<Sound>);
CANARY("protocol/more-than-asked", "completion-protocol", read_twice<TellsTooMuch>,
       read_twice<Sound>);

}  // namespace
}  // namespace reprise::protocol::caching_file
