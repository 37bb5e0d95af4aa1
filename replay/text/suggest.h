// Suggestions for a name that somebody got wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

/// The one of `known` that `wrong` most likely stands for: the least edit distance (insert, delete,
/// replace, swap of neighbours; upper and lower case are the same), at most a third of its length.
/// The first of equals; empty if none is near.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known);

/// To put behind a sentence: `; did you mean "pager/clients"?`, or nothing. Where there is more to
/// say: `; did you mean "pager/clients"? MORE`, or `; MORE`.
std::string did_you_mean_phrase(std::string_view wrong, const std::vector<std::string>& known,
                                std::string_view more = {});

/// A sentence if one of `names` is not among `known`: `there is no check "leek"; did you mean
/// "leak"?`, for the noun "check". Empty if all are known.
std::string unknown_name(std::string_view noun, const std::vector<std::string>& names,
                         const std::vector<std::string>& known);

}  // namespace reprise
