// FakeCanceller: a device's side of cancel() that answers as the test says.
#pragma once

#include <reprise/core/completion.h>
#include <reprise/core/completion_pool.h>
#include <reprise/core/internal/open.h>

#include <cstdint>

namespace reprise::tests {

class FakeCanceller final : public Canceller {
 public:
  enum class Answer { later, cancelled };

  explicit FakeCanceller(Answer answer = Answer::later) : answer_(answer) {}
  void cancel(const Completion& completion, std::uint64_t token) override {
    ++asked;
    last_token = token;
    if (answer_ == Answer::cancelled) completion.fail(IOError::cancelled);
    error_after = completion.get_error();
  }

  int asked = 0;
  std::uint64_t last_token = 0;
  IOError error_after = IOError::none;  // the completion's, after the answer

 private:
  Answer answer_;
};

}  // namespace reprise::tests
