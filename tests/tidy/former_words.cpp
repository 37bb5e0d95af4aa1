#include "tests/tidy/former_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

#include "tests/tidy/source_text.h"

namespace reprise::tests {
namespace {

struct FormerWord {
  std::string_view word;
  std::string_view now;
  bool is_english = true;  // comments may use it
};

constexpr std::array words{
    FormerWord{"hunt", "search", false},
    FormerWord{"hunter", "search worker", false},
    FormerWord{"whereabouts", "operation ref", false},
    FormerWord{"sighting", "hit", false},
    FormerWord{"suspect", "candidate"},
    FormerWord{"ink", "style"},
    FormerWord{"printable", "escaped"},
    FormerWord{"aspect", "kind"},
    FormerWord{"maker", "origin"},
    FormerWord{"holdings", "holders"},
    FormerWord{"asking", "unobserved"},
};

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }

// The parts of `maker_now` or `WorldMaker`, in small letters.
std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool begins = is_upper(name[i]) && i > 0 && !is_upper(name[i - 1]);
    if (name[i] == '_' || begins) parts.emplace_back();
    if (name[i] != '_') {
      parts.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(name[i])));
    }
  }
  return parts;
}

const FormerWord* former(std::string_view name) {
  for (const std::string& part : parts_of(name)) {
    const auto known = std::ranges::find_if(words, [&](const FormerWord& former) {
      return part == former.word || part == std::string(former.word) + 's';
    });
    if (known != words.end()) return &*known;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> former_words(std::string_view line, std::string_view code) {
  std::vector<std::string> sentences;
  const std::size_t comment = std::min(line.find("//"), line.size());
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at;
    while (end < line.size() && is_word(line[end])) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    const std::string_view name = line.substr(at, end - at);
    const bool is_code = code.substr(at, end - at) == name;
    const bool is_comment = !is_code && at > comment;
    // In a comment: `maker()` and maker_now are names, "the maker" is not.
    const bool is_name =
        is_code || name.find('_') != std::string_view::npos || line.substr(end).starts_with("()");
    const FormerWord* const found = is_code || is_comment ? former(name) : nullptr;
    if (found != nullptr && (is_name || !found->is_english)) {
      sentences.push_back("`" + std::string(name) + "` is a name of old: say `" +
                          std::string(found->now) + "`, as the rest of the tree does");
    }
    at = end;
  }
  return sentences;
}

}  // namespace reprise::tests
