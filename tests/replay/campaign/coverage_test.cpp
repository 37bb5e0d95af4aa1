// What a certificate says, and what is missed when the next one says less.
#include <doctest/doctest.h>
#include <reprise/replay/campaign/coverage.h>

#include <string>
#include <vector>

using namespace reprise;

namespace {

using doctest::Contains;

const SiteLocation here{"pager.cpp", 12, "read", "file.read()"};
const SiteLocation there{"pager.cpp", 40, "write", "file.write()"};

Coverage certificate() {
  Coverage certificate;
  certificate.scenario = "pager/clients";
  certificate.points = {{"client/read(db)#1", 7}, {"client/write(db)#1", 9}};
  certificate.singles = {16, 16};
  certificate.reached = {here};
  return certificate;
}

}  // namespace

TEST_CASE("certificate: one line says how much there is and how much was run") {
  Coverage some = certificate();
  CHECK(to_text(some) == "pager/clients: 2 places, all 16 plans with one difference; 1 await site");
  some.pairs = {1000, 25};
  CHECK(to_text(some) ==
        "pager/clients: 2 places, all 16 plans with one difference, 25 of 1000 with two (2.5 %); 1 "
        "await site");
  some = certificate();
  some.singles.run = 4;
  some.is_cut = true;
  CHECK(to_text(some) ==
        "pager/clients: 2 places, 4 of 16 plans with one difference (25.0 %), cut short; 1 await "
        "site");
}

TEST_CASE("certificate: it is complete if nothing was left out") {
  Coverage some = certificate();
  CHECK(some.is_complete());
  some.pairs = {1000, 25};
  CHECK_FALSE(some.is_complete());
  some = certificate();
  some.is_cut = true;
  CHECK_FALSE(some.is_complete());
}

TEST_CASE("certificate: what is written is read again") {
  Coverage other = certificate();
  other.scenario = "other";
  other.is_cut = true;
  other.pairs = {3, 2};
  const std::vector<Coverage> all = {certificate(), other};
  const auto read = parse_certificates(to_json(all));
  REQUIRE(read.ok());
  CHECK(read.value() == all);
}

TEST_CASE("certificate: a file that is none is refused in one sentence") {
  CHECK(doctest::String(parse_certificates("{}").error().c_str()) == Contains("format: missing"));
  CHECK(
      doctest::String(parse_certificates(R"({"format": "x", "scenarios": []})").error().c_str()) ==
      Contains("expected \"reprise-certificate/1\""));
  CHECK(parse_certificates("nonsense").error() != "");
  std::string cut = to_json({certificate()});
  cut.resize(cut.size() / 2);
  CHECK_FALSE(parse_certificates(cut).ok());
}

TEST_CASE("certificate: the same coverage loses nothing and a site may change its line") {
  Coverage later = certificate();
  later.reached.front().line += 100;
  later.points["client/read(db)#2"] = 1;
  CHECK(no_longer_covered({certificate()}, {later}).empty());
}

TEST_CASE("certificate: what is not covered any more is named") {
  Coverage later = certificate();
  later.points.erase("client/write(db)#1");
  later.reached = {there};
  later.is_cut = true;
  CHECK(no_longer_covered({certificate()}, {later}) ==
        std::vector<std::string>{
            "the sweep of pager/clients was complete, and is not",
            "client/write(db)#1 of pager/clients is not covered any more",
            "`file.read()` in read, pager.cpp, is not reached any more by pager/clients"});
  CHECK(no_longer_covered({certificate()}, {}) ==
        std::vector<std::string>{"pager/clients was not swept"});
}

TEST_CASE("certificate: sites count that lie in a file where others were reached") {
  const SiteLocation elsewhere{"wal.cpp", 1, "append", "file.sync()"};
  const std::vector<SiteLocation> all = {here, there, elsewhere};
  CHECK(not_reached(all, {certificate()}, {}) == std::vector<SiteLocation>{there});
  CHECK(not_reached(all, {certificate()}, {"pager.cpp"}).empty());
}
