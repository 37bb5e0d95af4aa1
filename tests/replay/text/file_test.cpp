// Files as they are written while others write them, too.
#include <doctest/doctest.h>
#include <reprise/replay/text/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace reprise {

TEST_CASE("file: two processes that write one file leave the whole text of either") {
  const tests::TemporaryFolder folder;
  const std::string path = folder / "3-of-8.shard";
  const std::vector<std::string> texts = {std::string(200'000, 'a'), std::string(100'000, 'b')};
  std::vector<pid_t> writers;
  for (const std::string& text : texts) {
    const pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
      for (int i = 0; i < 200; ++i) {
        if (write_file_text(path, text)) _exit(1);
        const Expected<std::string> read = read_file_text(path, 1 << 20);
        if (!read || (read.value() != texts[0] && read.value() != texts[1])) _exit(2);
      }
      _exit(0);
    }
    writers.push_back(pid);
  }
  for (const pid_t pid : writers) {
    int status = -1;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK(status == 0);
  }
  CHECK(folder.files() == std::vector<std::string>{"3-of-8.shard"});
}

}  // namespace reprise
