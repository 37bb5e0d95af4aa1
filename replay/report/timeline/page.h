// TimelinePage: a finding as one HTML file that needs no network and no other file: what went
// wrong, the places in the code, the timeline of the run, and its events as a table, which is there
// without scripts as well. The script and the style are made by web/bundle.mjs; see web/README.md.
//
// Whatever the trace or a source file holds becomes text, never markup or script: it is escaped,
// the timeline is data, and the page's content security policy allows the one script that it has.
#pragma once

#include <reprise/replay/report/report.h>
#include <reprise/replay/text/embedded.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace reprise {

inline constexpr std::size_t timeline_page_bytes_max = 2'000'000;
inline constexpr std::size_t timeline_events_max = 10'000;

/// The page of a finding, or of a run without one, whose Finding is empty. A long run is shown from
/// as late an event on as the limits above ask for, and the page says so. With report.original, the
/// page has that run too, and a switch between the two.
std::string timeline_page(const FindingReport& report, const ReportOptions& options = {});

/// The templates, page.html and campaign.html, as they are in the source tree.
std::span<const EmbeddedFile> timeline_page_files();

/// A marker of a template, `<!--title-->`, and the markup that takes its place.
using PageText = std::pair<std::string_view, std::string>;
/// The template `name` with each text in the place of its marker, in the template's order.
std::string filled_page(std::string_view name, std::span<const PageText> texts);

/// `text` as the content of an element or of an attribute in double quotes. Control characters and
/// bytes that are not UTF-8 are escaped as in escaped().
std::string html_text(std::string_view text);
/// Like html_text(), but lines stay lines.
std::string html_lines(std::string_view text);

/// `json` as the content of a `<script type="application/json">`: no `<` is left in it.
std::string json_in_html(std::string_view json);

}  // namespace reprise
