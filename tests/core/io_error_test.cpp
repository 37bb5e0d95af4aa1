#include <reprise/core/io_error.h>

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace reprise;

TEST_CASE("io error: its value and its name are those of errno") {
  CHECK(to_string(IOError::none) == "none");
  int named = 0;
  for (int number = 1; number < 200; ++number) {
    const std::string name = to_string(static_cast<IOError>(number));
    if (name.starts_with("error ")) continue;
    CAPTURE(number);
    CHECK(name == strerrorname_np(number));
    ++named;
  }
  CHECK(named == 32);
}

TEST_CASE("io error: one without a name here is shown as a number") {
  CHECK(to_string(static_cast<IOError>(1234)) == "error 1234");
}

TEST_CASE("io error: only EINTR and EAGAIN mean that nothing happened") {
  CHECK(is_retryable(IOError::interrupted));
  CHECK(is_retryable(IOError::try_again));
  for (const IOError error : {IOError::none, IOError::io, IOError::busy, IOError::cancelled}) {
    CHECK_FALSE(is_retryable(error));
  }
}
