#include "tests/support/user_cases.h"

#include <reprise/sim/check_names.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"

namespace reprise::tests {

namespace {

UserCase read_case(const std::filesystem::path& file) {
  const std::string text = TemporaryFolder::read(file.string());
  const std::string line = text.substr(0, text.find('\n'));
  const std::string marker = "// Expect: ";
  REQUIRE_MESSAGE(line.starts_with(marker), file.string());
  const std::string expected = line.substr(marker.size());
  UserCase one{std::filesystem::absolute(file).string(), "", ""};
  if (expected == "clean") return one;
  const std::size_t colon = expected.find(": ");
  REQUIRE_MESSAGE(colon != std::string::npos, file.string());
  one.check = expected.substr(0, colon);
  one.words = expected.substr(colon + 2);
  return one;
}

}  // namespace

std::vector<UserCase> all_user_cases() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/cases")) {
    if (entry.path().extension() == ".cpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<UserCase> cases;
  for (const std::filesystem::path& file : files) cases.push_back(read_case(file));
  return cases;
}

Captured run_user_case(const std::string& arguments, const UserCase& one,
                       const std::string& compiler) {
  const char* const program = std::getenv("REPRISE_PROGRAM");
  REQUIRE(program != nullptr);
  const std::filesystem::path cache =
      std::filesystem::path(program).parent_path() / "tests" / "cache";
  // What is compiled is found in the cache only by programs that run in the same folder.
  static const TemporaryFolder all;
  const std::string folder = all / std::filesystem::path(one.path).stem().string();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  return capture_command("cd " + folder + " && touch reprise-fork-once && REPRISE_CACHE='" +
                         cache.string() + "' CXX=" + compiler + " '" + program + "' " + arguments +
                         " '" + one.path + "'");
}

namespace {

/// Whether the output tells what the case expects.
bool finds(const Captured& told, const UserCase& one) {
  const std::string out = in_one_line(told.out);
  if (out.find(one.words) == std::string::npos) return false;
  return std::ranges::any_of(checks_named(one.check), [&](const std::string& check) {
    const std::string what = '[' + check + ']';
    return out.find("error" + what) != std::string::npos ||
           out.find("note" + what) != std::string::npos;
  });
}

Captured look(const std::string& how, const std::string& time, const UserCase& one,
              const std::string& compiler) {
  const std::string fuzz = "fuzz " + how + " --seeds 2000 --for ";
  Captured told = run_user_case(fuzz + time, one, compiler);
  // On a busy machine the time may be over before the first run is.
  constexpr int nothing_ran = 5;
  if (told.exit == nothing_ran) told = run_user_case(fuzz + "10s", one, compiler);
  return told;
}

void judge(const UserCase& one, const std::string& compiler, const WhenFound& when_found) {
  const Captured sweep = run_user_case("sweep", one, compiler);
  if (one.check.empty()) {
    const char* const longer = std::getenv("REPRISE_CASES_FOR");  // as ./dev soak has it
    const std::string time = longer == nullptr ? "500ms" : longer;
    for (const Captured& told : {sweep, look("--seed 1", time, one, compiler),
                                 look("--seed 2 --profile chaos", time, one, compiler)}) {
      const bool is_clean = told.exit == 0 || told.exit == 4;  // 4: the time was over
      CHECK_MESSAGE(is_clean, one.path, told.out, told.err);
      CHECK_MESSAGE(told.out.find("note[") == std::string::npos, one.path, told.out);
    }
    return;
  }
  Captured told = sweep;
  if (!finds(told, one)) told = run_user_case("fuzz --seed 1 --seeds 2000", one, compiler);
  const bool is_found = finds(told, one);
  CHECK_MESSAGE(is_found, one.path, sweep.out, told.out, told.err);
  if (is_found && when_found) when_found(one, told);
}

}  // namespace

void judge_user_cases(const std::vector<UserCase>& cases, const std::string& compiler,
                      const WhenFound& when_found) {
  CHECK_FALSE(cases.empty());
  for (const UserCase& one : cases) judge(one, compiler, when_found);
}

}  // namespace reprise::tests
