// A certificate as part of a larger JSON document.
#pragma once

#include <reprise/replay/campaign/coverage.h>
#include <reprise/replay/json/reader.h>
#include <reprise/replay/json/writer.h>

namespace reprise {

void write_certificate(JsonWriter& json, const Coverage& certificate);
/// Errors are left in `reader`.
Coverage read_certificate(JsonReader& reader, const JsonPlace& place);

void write_site(JsonWriter& json, const SiteLocation& site);
SiteLocation read_site(JsonReader& reader, const JsonPlace& place);

}  // namespace reprise
