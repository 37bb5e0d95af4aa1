#include <reprise/replay/cli/values.h>

#include <reprise/replay/campaign/seed.h>
#include <reprise/replay/text/escape.h>
#include <reprise/replay/text/suggest.h>
#include <reprise/replay/trace/profile_file.h>
#include <reprise/sim/check_names.h>

#include <fmt/format.h>

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <random>
#include <span>
#include <system_error>

namespace reprise {

namespace {

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::vector<std::string> as_strings(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

Expected<std::vector<std::string>> check_list(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (std::string_view rest : texts) {
    while (true) {
      const std::size_t comma = rest.find(',');
      const std::string name(rest.substr(0, comma));
      const std::vector<std::string> meant = checks_named(name);
      if (meant.empty()) {
        return Expected<std::vector<std::string>>::failed(
            fmt::format("there is no check {}; there are {}{}", in_quotes(name),
                        listed(check_names()), did_you_mean_phrase(name, check_names())));
      }
      names.insert(names.end(), meant.begin(), meant.end());
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return names;
}

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_forced(const char* variable) {
  return is_set(variable) && std::string_view(std::getenv(variable)) != "0";
}

}  // namespace

Expected<std::uint64_t> parse_duration(std::string_view option, std::string_view text) {
  constexpr std::uint64_t milliseconds_max = std::uint64_t{366} * 24 * 3'600'000;
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units = {
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}}};
  for (const auto& [unit, milliseconds] : units) {
    if (!text.ends_with(unit)) continue;
    const auto number = whole_number<std::uint64_t>(text.substr(0, text.size() - unit.size()));
    if (!number || *number == 0 || *number > milliseconds_max / milliseconds) continue;
    return *number * milliseconds;
  }
  return Expected<std::uint64_t>::failed(
      fmt::format("{} takes a time such as 250ms, 30s, 5m or 2h, not {}", option, in_quotes(text)));
}

Expected<std::uint64_t> parse_size(std::string_view option, std::string_view text) {
  constexpr std::array<std::pair<char, unsigned>, 3> units = {{{'K', 10}, {'M', 20}, {'G', 30}}};
  for (const auto& [unit, bits] : units) {
    if (!text.ends_with(unit)) continue;
    const auto number = whole_number<std::uint64_t>(text.substr(0, text.size() - 1));
    if (!number || *number == 0 || *number > (UINT64_MAX >> bits)) continue;
    return *number << bits;
  }
  return Expected<std::uint64_t>::failed(
      fmt::format("{} takes a size such as 500M or 2G, not {}", option, in_quotes(text)));
}

Expected<std::uint64_t> parse_count(std::string_view option, std::string_view text,
                                    std::uint64_t min, std::uint64_t max) {
  const auto number = whole_number<std::uint64_t>(text);
  if (number && *number >= min && *number <= max) return *number;
  return Expected<std::uint64_t>::failed(fmt::format(
      "{} takes a whole number from {} to {}, not {}", option, min, max, in_quotes(text)));
}

std::uint64_t random_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return (high << 32) | device();
}

Expected<std::uint64_t> parse_seed_option(std::string_view text) {
  if (text == "random") return random_seed();
  if (const std::optional<std::uint64_t> seed = parse_seed(text)) return *seed;
  return Expected<std::uint64_t>::failed(fmt::format(
      "--seed takes a number below 2^64, decimal or 0x and hexadecimal, the 40 digits of "
      "a commit hash, or `random`, not {}",
      in_quotes(text)));
}

Expected<Profile> parse_profile_option(const std::string& text) {
  if (std::optional<Profile> profile = built_in_profile(text)) return *std::move(profile);
  const bool is_path = text.find_first_of("./") != std::string::npos;
  if (is_path) return read_profile(text, *built_in_profile("default"));
  const std::vector<std::string> names = as_strings(built_in_profiles());
  return Expected<Profile>::failed(
      fmt::format("there is no profile {}{}", in_quotes(text),
                  did_you_mean_phrase(text, names,
                                      fmt::format("there are {}, and files.json", listed(names)))));
}

Expected<StrategyChoice> parse_strategy_option(std::string_view text) {
  if (text == portfolio_name) return StrategyChoice(nullptr);
  if (const StrategyChoice choice = find_strategy(text)) return choice;
  const std::vector<std::string> names = strategy_choice_names();
  return Expected<StrategyChoice>::failed(fmt::format("there is no strategy {}; there are {}{}",
                                                      in_quotes(text), listed(names),
                                                      did_you_mean_phrase(text, names)));
}

Expected<std::pair<std::string, std::int64_t>> parse_parameter(std::string_view text) {
  using Setting = std::pair<std::string, std::int64_t>;
  const std::size_t equals = text.find('=');
  if (equals != std::string_view::npos && equals > 0) {
    const auto value = whole_number<std::int64_t>(text.substr(equals + 1));
    if (value) return Setting(text.substr(0, equals), *value);
  }
  return Expected<Setting>::failed(
      fmt::format("--set takes name=value, the value a whole number, not {}", in_quotes(text)));
}

Expected<CheckSet> parse_checks(const std::vector<std::string>& only,
                                const std::vector<std::string>& without,
                                const std::vector<std::string>& errors) {
  const auto kept = check_list(only);
  if (!kept.ok()) return Expected<CheckSet>::failed(kept.error());
  const auto dropped = check_list(without);
  if (!dropped.ok()) return Expected<CheckSet>::failed(dropped.error());
  const auto raised = check_list(errors);
  if (!raised.ok()) return Expected<CheckSet>::failed(raised.error());
  CheckSet checks;
  for (const std::string& name : check_names()) {
    const bool is_kept =
        only.empty() || std::ranges::find(kept.value(), name) != kept.value().end();
    if (!is_kept) checks.off.insert(name);
  }
  checks.off.insert(dropped.value().begin(), dropped.value().end());
  if (checks.off.size() == check_names().size()) {
    return Expected<CheckSet>::failed("--check and --no-check leave no check turned on");
  }
  for (const std::string& name : raised.value()) {
    if (checks.on(name)) continue;
    return Expected<CheckSet>::failed(
        fmt::format("--error {}: --check and --no-check leave this check turned off", name));
  }
  checks.errors.insert(raised.value().begin(), raised.value().end());
  return checks;
}

bool is_terminal(int fd) {
  const char* const terminal = std::getenv("TERM");
  const bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return isatty(fd) != 0 && !is_dumb;
}

Expected<bool> parse_color_option(std::string_view text, int fd) {
  if (text == "always") return true;
  if (text == "never") return false;
  if (text != "auto") {
    return Expected<bool>::failed(
        fmt::format("--color takes always, never or auto, not {}", in_quotes(text)));
  }
  if (is_set("NO_COLOR")) return false;
  if (is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR")) return true;
  return is_terminal(fd);
}

std::uint32_t processor_count() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(CPU_COUNT(&set), 1));
}

}  // namespace reprise
