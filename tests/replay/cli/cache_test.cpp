#include <doctest/doctest.h>
#include <reprise/replay/cli/build/cache.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace reprise {

namespace {

using tests::TemporaryFolder;
namespace fs = std::filesystem;

// A cache, and a file that libraries are made of.
struct Bench {
  TemporaryFolder folder;
  CompileCache cache{folder.path()};
  std::string header = make_old(folder.write("machine.h", "int a;"));

  // As if it had been written well before.
  static std::string make_old(const std::string& path) {
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::seconds(10));
    return path;
  }

  std::string store(std::uint64_t key, const std::string& content) const {
    const Expected<WorkFolder> work = cache.make_work_folder();
    REQUIRE(work.ok());
    const std::string made = folder.write("made.so", content);
    const Expected<std::string> stored =
        cache.store(CachedKind::library, key, work.value(), made, {header});
    REQUIRE(stored.ok());
    return stored.value();
  }

  std::optional<std::string> find(std::uint64_t key) const {
    const std::optional<CacheEntry> entry = cache.find(CachedKind::library, key);
    return entry ? std::optional(entry->path) : std::nullopt;
  }
};

}  // namespace

TEST_CASE("cache: a library is found by its key") {
  const Bench bench;
  const std::string stored = bench.store(1, "library");
  CHECK(bench.find(1) == stored);
  CHECK(TemporaryFolder::read(stored) == "library");
  CHECK_FALSE(bench.find(2));
}

TEST_CASE("cache: a changed dependency makes it unknown and the old content makes it known") {
  const Bench bench;
  const std::string stored = bench.store(1, "library");
  bench.folder.write("machine.h", "int b;");
  CHECK_FALSE(bench.find(1));
  fs::remove(bench.header);
  CHECK_FALSE(bench.find(1));
  bench.folder.write("machine.h", "int a;");
  CHECK(bench.find(1) == stored);
}

TEST_CASE("cache: a dependency that changed while it was compiled is not taken for good") {
  const Bench bench;
  const Expected<WorkFolder> work = bench.cache.make_work_folder();
  REQUIRE(work.ok());
  fs::last_write_time(bench.header, fs::last_write_time(work.value() / "begin"));
  const std::string made = bench.folder.write("made.so", "library");
  CHECK(bench.cache.store(CachedKind::library, 1, work.value(), made, {bench.header}).ok());
  CHECK_FALSE(bench.find(1));
}

TEST_CASE("cache: damage makes an entry unknown") {
  const Bench bench;
  const std::string stored = bench.store(1, "library");
  const std::string list = bench.folder / "0000000000000001.list";
  const std::string good = TemporaryFolder::read(list);
  for (std::size_t size = 0; size < good.size(); ++size) {
    bench.folder.write("0000000000000001.list", good.substr(0, size));
    const bool is_known = bench.find(1).has_value();
    CAPTURE(size);
    CHECK_FALSE(is_known);
  }
  bench.folder.write("0000000000000001.list", good);
  CHECK(bench.find(1) == stored);
  for (const char* const content : {"", "librar", "Library"}) {
    bench.folder.write(fs::path(stored).filename().string(), content);
    CHECK_FALSE(bench.find(1));
  }
}

TEST_CASE("cache: the libraries used last stay and the lists of the others go with them") {
  const Bench bench;
  for (std::uint64_t key = 0; key < CompileCache::libraries_max; ++key) {
    Bench::make_old(bench.store(key, "library"));
  }
  CHECK(bench.find(0));  // used now
  for (std::uint64_t key = 1000; key < 1010; ++key) bench.store(key, "library");
  std::size_t libraries = 0;
  std::size_t lists = 0;
  for (const std::string& name : bench.folder.files()) {
    if (name.ends_with(".so")) ++libraries;
    if (name.ends_with(".list")) ++lists;
  }
  CHECK(libraries == CompileCache::libraries_max);
  CHECK(lists == CompileCache::libraries_max);
  CHECK(bench.find(0));
  CHECK(bench.find(1009));
}

TEST_CASE("cache: a precompiled header is found with what went into it and is no library") {
  const Bench bench;
  const Expected<WorkFolder> work = bench.cache.make_work_folder();
  REQUIRE(work.ok());
  const std::string made = bench.folder.write("reprise.h.gch", "header");
  const Expected<std::string> stored =
      bench.cache.store(CachedKind::precompiled_header, 1, work.value(), made, {bench.header});
  REQUIRE(stored.ok());
  const auto entry = bench.cache.find(CachedKind::precompiled_header, 1);
  REQUIRE(entry);
  CHECK(entry->path == stored.value());
  CHECK(entry->dependencies == std::vector{bench.header});
  CHECK_FALSE(bench.find(1));
  bench.folder.write("machine.h", "int b;");
  CHECK_FALSE(bench.cache.find(CachedKind::precompiled_header, 1));
}

TEST_CASE("cache: few precompiled headers are kept and libraries stay beside them") {
  const Bench bench;
  const std::string library = bench.store(1, "library");
  for (std::uint64_t key = 10; key < 20; ++key) {
    const Expected<WorkFolder> work = bench.cache.make_work_folder();
    REQUIRE(work.ok());
    const std::string made = bench.folder.write("reprise.h.gch", "header");
    CHECK(bench.cache.store(CachedKind::precompiled_header, key, work.value(), made, {}).ok());
  }
  std::size_t headers = 0;
  for (const std::string& name : bench.folder.files()) headers += name.ends_with(".gch") ? 1U : 0U;
  CHECK(headers == CompileCache::precompiled_headers_max);
  CHECK(bench.find(1) == library);
}

TEST_CASE("cache: an object is kept beside a library and goes only when there are many") {
  const Bench bench;
  const Expected<WorkFolder> work = bench.cache.make_work_folder();
  REQUIRE(work.ok());
  const auto store = [&](std::uint64_t key) {
    const std::string made = bench.folder.write("made.o", "object");
    const auto stored =
        bench.cache.store(CachedKind::object, key, work.value(), made, {bench.header});
    REQUIRE(stored.ok());
    Bench::make_old(stored.value());
  };
  for (std::uint64_t key = 100; key < 103 + CompileCache::objects_max; ++key) store(key);
  CHECK(bench.cache.find(CachedKind::object, 100)->dependencies == std::vector{bench.header});
  CHECK_FALSE(bench.find(100));
  const std::string library = bench.store(1, "library");
  CHECK(bench.find(1) == library);
  CHECK(bench.cache.find(CachedKind::object, 100));  // used now
  std::size_t objects = 0;
  for (const std::string& name : bench.folder.files()) {
    objects += name.ends_with(".o") && name != "made.o" ? 1U : 0U;
  }
  CHECK(objects == CompileCache::objects_max);
}

TEST_CASE("cache: a work folder goes with what is in it") {
  const Bench bench;
  std::string path;
  {
    const Expected<WorkFolder> work = bench.cache.make_work_folder();
    REQUIRE(work.ok());
    path = work.value().path();
    CHECK(fs::is_directory(path));
  }
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("cache: a folder that is gone is a sentence") {
  const CompileCache cache("/nonexistent/cache");
  CHECK(cache.make_work_folder().error() ==
        "/nonexistent/cache: cannot be written to: No such file or directory");
}

TEST_CASE("cache: dependencies are read as compilers write them") {
  using Paths = std::vector<std::string>;
  CHECK(dependencies_in("x: a.cpp b.h\n") == Paths{"a.cpp", "b.h"});
  CHECK(dependencies_in("x: a.cpp \\\n  /usr/include/b.h \\\n c.h") ==
        Paths{"a.cpp", "/usr/include/b.h", "c.h"});
  CHECK(dependencies_in("x: my\\ file.cpp cost$$.h a\\#b.h\n") ==
        Paths{"my file.cpp", "cost$.h", "a#b.h"});
  CHECK(dependencies_in("x:\n").empty());
  CHECK(dependencies_in("").empty());
}

}  // namespace reprise
