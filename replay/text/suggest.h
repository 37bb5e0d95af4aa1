// Suggestions for misspelt names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The name in `known` that `wrong` most likely means: the one with the least edit distance
/// (insert, delete, replace, swap of neighbours; case does not count), which may be at most a third
/// of its length. The first of equals; empty if none is near.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known);

/// The end of an error sentence: `; did you mean "pager/clients"?`, or nothing. With `more`: `; did
/// you mean "pager/clients"? MORE`, or `; MORE`.
std::string did_you_mean_phrase(std::string_view wrong, const std::vector<std::string>& known,
                                std::string_view more = {});

/// A sentence if one of `names` is not among `known`: `there is no check "leek"; did you mean
/// "leak"?`, for the noun "check". Empty if all are known.
std::string unknown_name(std::string_view noun, const std::vector<std::string>& names,
                         const std::vector<std::string>& known);

}  // namespace reprise
