// check_docs PROGRAM WORK_FOLDER PAGE...: does what each page says, from the root of the source
// tree, and lists the blocks that are marked as untested. Exit status 1 if a page is not true.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "tests/docs/session.h"

namespace {

namespace fs = std::filesystem;
using namespace reprise::tests;

bool check(const std::string& path, const fs::path& program, const fs::path& work) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cout << path << ": there is no such page\n";
    return false;
  }
  std::ostringstream text;
  text << file.rdbuf();
  std::string name = path;
  for (char& c : name) c = c == '/' ? '-' : c;
  const Places places{.tree = fs::current_path().string(),
                      .program = program.string(),
                      .include = (program.parent_path() / "include").string(),
                      .folder = (work / name).string(),
                      .cache = (work / "cache").string()};
  const SessionReport report = run_session(page_from(text.str(), path), places);
  std::cout << path << ": " << report.files << " files, " << report.compiled << " compiled, "
            << report.excerpts << " excerpts, " << report.commands << " commands, "
            << report.untested.size() << " untested\n";
  for (const std::string& reason : report.untested) std::cout << "  untested: " << reason << '\n';
  for (const std::string& sentence : report.wrong) std::cout << sentence << '\n';
  return report.wrong.empty();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: check_docs PROGRAM WORK_FOLDER PAGE...\n";
    return 2;
  }
  bool all_true = true;
  for (int i = 3; i < argc; ++i) {
    all_true = check(argv[i], fs::absolute(argv[1]), fs::absolute(argv[2])) && all_true;
  }
  return all_true ? EXIT_SUCCESS : EXIT_FAILURE;
}
