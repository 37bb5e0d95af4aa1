// Corpus 52: a cancel request takes a reference to the read that it is about, so that the read
// stays known until the request is through, and never gives it back: what was cancelled is kept for
// ever.
#include <reprise/reprise.h>

#include <cstdint>
#include <map>
#include <utility>

namespace reprise::corpus::cancel_reference {
namespace {

// Reads in flight by their key, each with a count of those who may still ask for it.
class Ring : protected Canceller {
 public:
  explicit Ring(File& file) : file_(file) {}

  Completion read(std::uint64_t offset, const Buffer& buffer) {
    const std::uint64_t key = next_key_++;
    const Completion answer = pool_.make({}, this, key, buffer.size());
    requests_[key].answer = answer;
    const Completion below = file_.pread(
        offset, buffer, [this, key](const Completion& finished) { answer_request(key, finished); });
    if (const auto request = requests_.find(key); request != requests_.end()) {
      request->second.below = below;
    }
    return answer;
  }
  std::uint64_t requests() const { return requests_.size(); }

 protected:
  Completion retain(std::uint64_t key) {
    Request& request = requests_.at(key);
    ++request.references;
    return request.below;
  }
  void release(std::uint64_t key) {
    if (--requests_.at(key).references == 0) requests_.erase(key);
  }

 private:
  struct Request {
    Completion below = {};
    Completion answer = {};
    std::uint32_t references = 1;
  };

  void answer_request(std::uint64_t key, const Completion& finished) {
    const Completion answer = requests_.at(key).answer;
    release(key);
    if (!finished.succeeded()) return answer.fail(finished.get_error());
    answer.finish(finished.result());
  }

  File& file_;
  CompletionPool pool_;
  std::map<std::uint64_t, Request> requests_;
  std::uint64_t next_key_ = 0;
};

class KeepsTheReference final : public Ring {
 public:
  using Ring::Ring;

 private:
  void cancel(const Completion&, std::uint64_t key) override { retain(key).cancel(); }
};

class GivesItBack final : public Ring {
 public:
  using Ring::Ring;

 private:
  void cancel(const Completion&, std::uint64_t key) override {
    retain(key).cancel();
    release(key);
  }
};

struct Reader {
  Ring& ring;
  Completion pending = {};

  IOResult<std::uint64_t> read() {
    if (!pending) pending = ring.read(0, Buffer::allocate(64));
    if (!pending.finished()) IO_YIELD_ONE(pending);
    const Completion done = std::exchange(pending, {});
    if (!done.succeeded()) return done.get_error();
    return done.result();
  }
};

template <class Device>
void read_twice(Sim& sim) {
  Device ring(sim.open("page"));
  Reader reader{ring};
  sim.survives({.errors = true, .refusals = true, .cancels = true});
  sim.task("client", [&] {
    for (int i = 0; i < 2; ++i) static_cast<void>(sim.await([&] { return reader.read(); }));
  });
  sim.held("requests of the ring", [&] { return ring.requests(); });
  sim.run();
}

CANARY("corpus/leak/cancel-reference", "leak", read_twice<KeepsTheReference>,
       read_twice<GivesItBack>);

}  // namespace
}  // namespace reprise::corpus::cancel_reference
