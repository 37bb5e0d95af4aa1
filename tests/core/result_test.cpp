#include <reprise/core/result.h>

#include "tests/support/death.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>

using namespace reprise;
using reprise::tests::death_of;

TEST_CASE("result: a value is good and has no error") {
  Result<int> result = 5;
  CHECK(result.ok());
  CHECK(static_cast<bool>(result));
  CHECK(result.value() == 5);
  CHECK(result.error() == IOError::none);
  result.value() = 6;
  CHECK(std::as_const(result).value() == 6);
}

TEST_CASE("result: an error stands in the place of a value") {
  const Result<int> result = IOError::no_space;
  CHECK_FALSE(result.ok());
  CHECK_FALSE(static_cast<bool>(result));
  CHECK(result.error() == IOError::no_space);
}

TEST_CASE("result: a value that only moves can be taken out") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 3);
}

TEST_CASE("result: to ask an error for its value is a broken precondition") {
  CHECK(death_of([] {
          Result<int> result = IOError::io;
          result.value();
        }) == doctest::Contains("value() of a Result that holds an error"));
}

TEST_CASE("result: no error is no reason to have no value") {
  CHECK(death_of([] { static_cast<void>(Result<int>(IOError::none)); }) ==
        doctest::Contains("needs an error"));
}
