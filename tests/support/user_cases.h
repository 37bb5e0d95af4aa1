// Machines as a new user writes them: tests/cases. The first line of each says what is right:
// `// Expect: clean`, or the check that finds something and words of its report. Clean is: no
// finding and no note, in the sweep and in random runs under both profiles.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/captured.h"

namespace reprise::tests {

struct UserCase {
  std::string path;   // of the source file, absolute
  std::string check;  // that finds something; empty: clean
  std::string words;
};

std::vector<UserCase> all_user_cases();
/// The output of the program for the case's file, in a folder of its own.
Captured run_user_case(const std::string& arguments, const UserCase& one,
                       const std::string& compiler);
/// What is done with the output that tells what the case expects.
using WhenFound = std::function<void(const UserCase& one, const Captured& told)>;
/// Compiles and runs these, and checks that each is judged right.
void judge_user_cases(const std::vector<UserCase>& cases, const std::string& compiler,
                      const WhenFound& when_found = {});

}  // namespace reprise::tests
