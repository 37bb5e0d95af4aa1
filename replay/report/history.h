// ReportHistory: the events of a run, step by step, as rows of a report. Rows that repeat are
// written once, with a count.
#pragma once

#include <reprise/replay/report/page.h>
#include <reprise/sim/runner.h>

#include <cstddef>
#include <string>
#include <vector>

namespace reprise {

class ReportHistory {
 public:
  /// `whole`: nothing is left out.
  ReportHistory(const std::vector<LoggedEvent>& events, bool whole);

  bool empty() const { return rows_.empty(); }
  /// The I/O submitted first, as in `read(db)#1`; empty if there is none.
  const std::string& first_io() const { return first_io_; }
  /// Writes the rows under a row of headings; the last row is highlighted.
  void write(ReportPage& page) const;

 private:
  struct Row {
    std::string step, time, who, what;
  };

  void add_event(const LoggedEvent& event, std::size_t number);
  void add_events(const std::vector<LoggedEvent>& events);
  static std::string line(const Row& row, std::size_t who_width);

  bool whole_;
  std::vector<Row> rows_;
  std::string first_io_;
};

}  // namespace reprise
