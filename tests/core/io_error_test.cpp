#include <reprise/core/io_error.h>

#include <doctest/doctest.h>

#include <cerrno>

using namespace reprise;

TEST_CASE("io error: its value is that of errno") {
  CHECK(static_cast<int>(IOError::none) == 0);
  CHECK(static_cast<int>(IOError::io) == EIO);
  CHECK(static_cast<int>(IOError::no_space) == ENOSPC);
  CHECK(static_cast<int>(IOError::cancelled) == ECANCELED);
}

TEST_CASE("io error: each has its errno name") {
  CHECK(to_string(IOError::none) == "none");
  CHECK(to_string(IOError::not_permitted) == "EPERM");
  CHECK(to_string(IOError::not_found) == "ENOENT");
  CHECK(to_string(IOError::interrupted) == "EINTR");
  CHECK(to_string(IOError::io) == "EIO");
  CHECK(to_string(IOError::bad_file) == "EBADF");
  CHECK(to_string(IOError::try_again) == "EAGAIN");
  CHECK(to_string(IOError::no_memory) == "ENOMEM");
  CHECK(to_string(IOError::busy) == "EBUSY");
  CHECK(to_string(IOError::exists) == "EEXIST");
  CHECK(to_string(IOError::invalid) == "EINVAL");
  CHECK(to_string(IOError::too_many_files) == "EMFILE");
  CHECK(to_string(IOError::too_large) == "EFBIG");
  CHECK(to_string(IOError::no_space) == "ENOSPC");
  CHECK(to_string(IOError::read_only) == "EROFS");
  CHECK(to_string(IOError::corrupt) == "EBADMSG");
  CHECK(to_string(IOError::timed_out) == "ETIMEDOUT");
  CHECK(to_string(IOError::cancelled) == "ECANCELED");
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
