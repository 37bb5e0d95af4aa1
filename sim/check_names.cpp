#include <reprise/sim/check_names.h>

#include <algorithm>
#include <map>

namespace reprise {

namespace {

const std::map<std::string, std::vector<std::string>, std::less<>> groups{
    {"progress", {"deadlock", "endless-run", "livelock", "lost-wake", "starvation"}},
    {"premature-use", {"early-result", "unseen-error"}},
};

}  // namespace

const std::vector<std::string>& check_names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names = {
#define REPRISE_CHECK(unit, name) std::string(name),
        REPRISE_RUN_CHECKS(REPRISE_CHECK) REPRISE_OTHER_CHECKS(REPRISE_CHECK)
#undef REPRISE_CHECK
    };
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }();
  return all;
}

const std::vector<std::string>& check_group_names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names;
    for (const auto& [name, checks] : groups) names.push_back(name);
    return names;
  }();
  return all;
}

std::vector<std::string> checks_named(std::string_view name) {
  if (const auto group = groups.find(name); group != groups.end()) return group->second;
  if (!std::ranges::binary_search(check_names(), name, {},
                                  [](const std::string& each) { return std::string_view(each); })) {
    return {};
  }
  return {std::string(name)};
}

bool stands_for(std::string_view name, std::string_view check) {
  return std::ranges::count(checks_named(name), check) != 0;
}

}  // namespace reprise
