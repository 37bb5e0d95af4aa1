// Messages: values packed one after another into bytes, for the pipe between a worker and its
// supervisor. Both are the same program, so the format needs no versions.
#pragma once

#include <reprise/sim/finding.h>
#include <reprise/sim/plan/plan.h>
#include <reprise/sim/runner.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

class MessageWriter {
 public:
  void number(std::uint64_t value);
  void text(std::string_view value);
  void texts(const std::vector<std::string>& values);
  void finding(const Finding& value);
  void plan(const Plan& value);
  void findings(const std::vector<Finding>& values);
  void events(const std::vector<LoggedEvent>& values);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads values in the order of writing. Reading past the end fails a REPRISE_ASSERT.
class MessageReader {
 public:
  /// `bytes` must outlive it.
  explicit MessageReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number();
  std::string text();
  std::vector<std::string> texts();
  Finding finding();
  std::vector<Finding> findings();
  Plan plan();
  std::vector<LoggedEvent> events();

 private:
  std::string_view rest_;
};

}  // namespace reprise
