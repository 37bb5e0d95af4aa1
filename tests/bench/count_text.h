// Count text: large numbers as people read them, `65,900`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reprise::bench {

std::string with_commas(std::uint64_t number);
/// Nothing but digits counts; commas and blanks may stand anywhere.
std::optional<std::uint64_t> number_with_commas(std::string_view text);

}  // namespace reprise::bench
