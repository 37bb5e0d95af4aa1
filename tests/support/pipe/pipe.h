// Pipe: a toy device, made as CONTRIBUTING.md says: this folder, and the line that asks for it. It
// has a name, room for some bytes, and two ends; who sends more than fits waits, and so does who
// receives while it is empty.
#pragma once

#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>
#include <reprise/sim/device/device.h>
#include <reprise/sim/device/submitted_io.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace reprise::tests {

class Pipe final : public Device, private Canceller {
 public:
  using Device::Device;

  static constexpr std::size_t room_bytes = 8;

  /// Finishes when all bytes have found room.
  Completion send(const Buffer& bytes) { return submit(IOKind::write, bytes); }
  /// Finishes with one byte or more.
  Completion receive(const Buffer& into) { return submit(IOKind::read, into); }

  std::string_view name() const override { return "pipe"; }
  void deliver(std::uint32_t slot) override;
  Identity identity_of(const Completion& completion) const override;
  Identity identity_at(std::uint32_t slot) const override { return flights_[slot].io.identity; }
  const Completion& completion_at(std::uint32_t slot) const override {
    return flights_[slot].completion;
  }
  std::span<const Buffer> buffers_at(std::uint32_t slot) const override {
    return {&flights_[slot].buffer, 1};
  }
  void drop_in_flight() override;
  void reset() override { bytes_.clear(); }
  std::optional<std::uint64_t> digest() const override;

 private:
  struct Flight {
    SubmittedIO io;
    Completion completion;
    Buffer buffer;
    IOError error = IOError::none;
    bool is_enabled = false;
  };

  Completion submit(IOKind kind, const Buffer& buffer);
  void cancel(const Completion& completion, std::uint64_t token) override;
  /// Enables what can happen now: the first that sends, and the first that receives.
  void look();
  void enable(std::uint32_t slot);
  bool can_happen(const Flight& flight) const;

  std::vector<Flight> flights_;         // by slot
  std::vector<std::uint32_t> waiting_;  // slots, in the order of submission
  std::deque<std::byte> bytes_;
};

}  // namespace reprise::tests
