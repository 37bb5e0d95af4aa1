// A primary keeps a number on its disk and lets a backup keep it, too. The broken one says that the
// number is kept when it is durable on its own disk, and sends it to the backup later. Then the
// disk is lost with the primary, and the primary starts with what the backup has.
#include <reprise/reprise.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace reprise::nodes::early_acknowledgement {
namespace {

struct Broken {
  static constexpr bool waits_for_backup = false;
};
struct Mended {
  static constexpr bool waits_for_backup = true;
};

/// A file with one number in it.
class Number {
 public:
  Number(Sim& sim, File& file) : sim_(sim), file_(file) {}

  bool set(std::uint32_t value) {
    const Buffer bytes = Buffer::allocate(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    const Completion written = file_.pwrite(0, bytes);
    return sim_.wait(written) == IOError::none && sim_.wait(file_.sync()) == IOError::none;
  }
  /// 0 if none was set.
  std::uint32_t get() {
    std::uint32_t value = 0;
    const Buffer bytes = Buffer::allocate(sizeof value);
    const Completion read = file_.pread(0, bytes);
    if (sim_.wait(read) == IOError::none && read.result() == sizeof value) {
      std::memcpy(&value, bytes.data(), sizeof value);
    }
    return value;
  }

 private:
  Sim& sim_;
  File& file_;
};

/// Lets the backup keep numbers: each call is a message to it. A task of the backup works on it
/// when those before are done.
class Backup {
 public:
  Backup(Sim& sim, Sim::Node node) : sim_(sim), node_(node) {}

  /// Finishes when the number is durable there.
  Completion keep(std::uint32_t value) {
    return send([this, value] {
      if (value > newest_) Number(sim_, node_.open("number")).set(value);
      newest_ = std::max(newest_, value);
    });
  }
  /// Finishes when `answer` is what it has; 0 if that is nothing.
  Completion ask(std::shared_ptr<std::uint32_t> answer) {
    return send([this, answer] { *answer = Number(sim_, node_.open("number")).get(); });
  }

 private:
  template <class Work>
  Completion send(Work work) {
    const Completion before = std::exchange(last_, pool_.make());
    node_.task("message", ++messages_, [this, work, before, done = last_] {
      if (before) static_cast<void>(sim_.wait(before));
      work();
      done.finish(0);
    });
    return last_;
  }

  Sim& sim_;
  Sim::Node node_;
  CompletionPool pool_;
  Completion last_;  // of the message sent last
  std::uint32_t messages_ = 0;
  std::uint32_t newest_ = 0;
};

template <class Variant>
void keep_a_number(Sim& sim) {
  Sim::Node primary = sim.node("primary");
  Backup backup(sim, sim.node("backup"));
  constexpr std::uint32_t last = 2;
  std::uint32_t now = 0;
  primary.recovers([&] {
    Number own(sim, primary.open("number"));
    now = own.get();
    if (now == 0) {
      const auto answer = std::make_shared<std::uint32_t>();  // who asks may fall
      static_cast<void>(sim.wait(backup.ask(answer)));
      now = *answer;
    }
    if (now == 0) return;
    own.set(now);  // it may have been in a cache only
    static_cast<void>(sim.wait(backup.keep(now)));
  });
  Durable<std::uint32_t, std::uint32_t> kept(primary, "the store",
                                             [&](std::uint32_t) -> std::optional<std::uint32_t> {
                                               return now == 0 ? std::nullopt : std::optional(now);
                                             });
  primary.task("client", [&] {
    for (std::uint32_t value = 1; value <= last; ++value) {
      static_cast<void>(kept.put(0, value, [&] {
        if (!Number(sim, primary.open("number")).set(value)) {
          return Outcome<Unit>::failed(IOError::io);
        }
        if constexpr (Variant::waits_for_backup) static_cast<void>(sim.wait(backup.keep(value)));
        return Outcome<Unit>(Unit{});
      }));
    }
    if constexpr (!Variant::waits_for_backup) static_cast<void>(sim.wait(backup.keep(last)));
  });
  sim.task("operator", [&] {
    sim.sleep(std::chrono::nanoseconds(1));
    primary.kill();
    primary.lose_disk();
    primary.restart();
  });
  sim.run();
}

CANARY("nodes/early-acknowledgement", "durability", keep_a_number<Broken>, keep_a_number<Mended>);

}  // namespace
}  // namespace reprise::nodes::early_acknowledgement
