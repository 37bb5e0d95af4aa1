#include <doctest/doctest.h>
#include <reprise/replay/text/markdown.h>

namespace reprise {

TEST_CASE("markdown: comments that begin a line are left out") {
  CHECK(without_comments("").empty());
  CHECK(without_comments("a\nb") == "a\nb");
  CHECK(without_comments("a\n<!-- one -->\nb\n") == "a\nb\n");
  CHECK(without_comments("a\n<!-- of\n\nlines -->\nb\n<!-- at the end -->") == "a\nb\n");
  CHECK(without_comments("a <!-- within a line --> b\n") == "a <!-- within a line --> b\n");
  CHECK(without_comments("a\n<!-- without end\nb\n") == "a\n");
}

}  // namespace reprise
