// death_of(body): what a broken precondition prints, seen from a child process.
//
//   CHECK(death_of([] { Completion().finished(); }) == doctest::Contains("stands for no I/O"));
#pragma once

#include <doctest/doctest.h>

#include <functional>

namespace reprise::tests {

/// Runs `body` in a child process. What it wrote to stderr if it aborted; "it lived" if it did not.
doctest::String death_of(const std::function<void()>& body);

}  // namespace reprise::tests
