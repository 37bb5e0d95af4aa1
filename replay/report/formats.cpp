#include <reprise/replay/report/formats.h>

#include <array>

namespace reprise {

std::span<const ReportFormat* const> report_formats() {
  static constexpr std::array all = {&text_format, &json_format, &junit_format, &github_format,
                                     &sarif_format};
  return all;
}

}  // namespace reprise
