#include <doctest/doctest.h>
#include <fcntl.h>
#include <reprise/replay/trace/file.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using tests::TemporaryFolder;
using Names = std::vector<std::string>;

Trace trace_of(std::string scenario, std::uint32_t value = 1) {
  Trace trace;
  trace.scenario = std::move(scenario);
  trace.build = "0.1.0";
  trace.plan.decisions = {{"client/read(db)#1/error", value}};
  trace.finding = TracedFinding{"leak", "leak", "a pin was kept", {}};
  return trace;
}

// No file may get larger than `bytes`, while it lives: what a full disk looks like to the program.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_ = {};
};

TEST_CASE("trace file: what is written is read back under a name that says what it is") {
  const TemporaryFolder folder;
  const Expected<std::string> path = write_trace(folder / "new/traces", trace_of("pager/evict"));
  REQUIRE_MESSAGE(path.ok(), path.error());
  CHECK(path.value().starts_with(folder / "new/traces/leak-pager-evict-"));
  CHECK(path.value().size() == (folder / "new/traces/leak-pager-evict-9f2c.json").size());
  const Expected<Trace> read = read_trace(path.value());
  REQUIRE_MESSAGE(read.ok(), read.error());
  CHECK(to_json(read.value()) == to_json(trace_of("pager/evict")));
}

TEST_CASE("trace file: the same trace again is the same file for every the build") {
  const TemporaryFolder folder;
  Trace trace = trace_of("a");
  const Expected<std::string> first = write_trace(folder.path(), trace);
  trace.build = "0.2.0";
  const Expected<std::string> second = write_trace(folder.path(), trace);
  REQUIRE(second.ok());
  CHECK(first.value() == second.value());
  CHECK(folder.files().size() == 1);
  CHECK(read_trace(first.value()).value().build == "0.1.0");
}

TEST_CASE("trace file: another file of the same name stays and the hash gets longer") {
  const TemporaryFolder folder;
  const std::string first = write_trace(folder.path(), trace_of("a")).value();
  folder.write(std::filesystem::path(first).filename().string(), "somebody's notes");
  const Expected<std::string> second = write_trace(folder.path(), trace_of("a"));
  REQUIRE_MESSAGE(second.ok(), second.error());
  CHECK(second.value().size() == first.size() + 1);
  CHECK(TemporaryFolder::read(first) == "somebody's notes");
  CHECK(folder.files().size() == 2);
}

TEST_CASE("trace file: any name of a scenario or a check makes the name of a file in the folder") {
  const TemporaryFolder folder;
  Trace trace = trace_of("../../\x1b[2J/\xc3\xa9 " + std::string(500, 'x'));
  trace.finding->check = "/etc/passwd";
  const Expected<std::string> path = write_trace(folder.path(), trace);
  REQUIRE_MESSAGE(path.ok(), path.error());
  CHECK(path.value().starts_with(folder / "-etc-passwd-..-..--"));
  CHECK(folder.files().size() == 1);
  CHECK(write_trace(folder.path(), {.scenario = "calm"}).value().starts_with(folder / "run-calm-"));
}

TEST_CASE("trace file: a disk that fills up leaves nothing behind and one sentence") {
  const TemporaryFolder folder;
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  Expected<std::string> path = write_trace(folder.path(), trace_of("a"));
  const std::size_t size = to_json(trace_of("a")).size();
  std::filesystem::remove(path.value());
  for (std::size_t bytes = 0; bytes < size; bytes += 7) {
    const FileSizeLimit limit(bytes);
    path = write_trace(folder.path(), trace_of("a"));
    REQUIRE_FALSE(path.ok());
    REQUIRE(folder.files().empty());
  }
  CHECK(path.error() == folder.path() + ": no trace can be written to this folder: File too large");
  {
    const FileSizeLimit limit(0);
    CHECK(prepare_folder(folder.path()) == path.error());
  }
  ::signal(SIGXFSZ, before);
  CHECK(write_trace(folder.path(), trace_of("a")).ok());
}

TEST_CASE("trace file: a process killed while it writes leaves nothing under the final name") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_DFL);  // the kernel kills us in the middle of write()
    const FileSizeLimit limit(100);
    const Expected<std::string> path = write_trace(folder.path(), trace_of("a"));
    ::_exit(path.ok() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGXFSZ);
  const Names left = folder.files();
  REQUIRE(left.size() == 1);
  CHECK(left[0].ends_with(".tmp"));
  const Expected<std::string> path = write_trace(folder.path(), trace_of("a"));
  REQUIRE(path.ok());
  CHECK(read_trace(path.value()).ok());
}

TEST_CASE("trace file: one that would be too large to read is written without its events") {
  const TemporaryFolder folder;
  Trace trace = trace_of("a");
  trace.events.resize(5);
  for (LoggedEvent& event : trace.events) event.facts = {{"x", std::string(16 << 20, 'x')}};
  const Expected<std::string> path = write_trace(folder.path(), trace);
  REQUIRE(path.ok());
  CHECK(read_trace(path.value()).value().events.empty());
}

TEST_CASE("trace file: a folder that cannot be written is one sentence and so it is up front") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "");
  for (const std::string& bad : {file, file + "/below"}) {
    const std::string sentence = bad + ": no trace can be written to this folder: Not a directory";
    CHECK(prepare_folder(bad) == sentence);
    CHECK(write_trace(bad, trace_of("a")).error() == sentence);
  }
  CHECK(prepare_folder("/proc/none").has_value());
  CHECK(prepare_folder(folder / "a/b") == std::nullopt);
  CHECK(std::filesystem::is_empty(folder / "a/b"));
}

TEST_CASE("trace file: what cannot be read is one sentence with the path") {
  const TemporaryFolder folder;
  CHECK(read_trace(folder / "none.json").error() ==
        (folder / "none.json") + ": there is no such file");
  CHECK(read_trace(folder.path()).error() == folder.path() + ": this is a folder; expected a file");
  CHECK(read_trace(folder / "a\nb").error() == (folder / "a\\nb") + ": there is no such file");
  const std::string file = folder.write("bad.json", "{\n}x");
  CHECK(read_trace(file).error() ==
        file + ": line 2, column 2: this is not JSON; did not expect \"x\"");
  CHECK(read_trace(file + "/below").error() == file + "/below: cannot be opened: Not a directory");
  if (::geteuid() != 0) {
    ::chmod(file.c_str(), 0);
    CHECK(read_trace(file).error() == file + ": cannot be opened: Permission denied");
  }
}

TEST_CASE("trace file: what is too large is not read and the sentence has the sizes") {
  const TemporaryFolder folder;
  const std::string file = folder.write("large.json", "");
  std::filesystem::resize_file(file, trace_bytes_max + 1);
  CHECK(read_trace(file).error() ==
        file + ": has 67108865 bytes; at most 67108864 (64 MiB) are read");
  CHECK(read_trace("/dev/zero").error() ==
        "/dev/zero: has more than the 67108864 bytes (64 MiB) that are read at most");
}

}  // namespace
}  // namespace reprise
