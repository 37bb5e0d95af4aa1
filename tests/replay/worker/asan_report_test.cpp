// Reports of AddressSanitizer, as g++ 12 and clang 14 print them.
#include <doctest/doctest.h>
#include <reprise/replay/worker/asan_report.h>

namespace reprise {
namespace {

TEST_CASE("asan report: names the access and the free and the allocation in the user's own lines") {
  CHECK(asan_report_in_words(
            "=====\n"
            "==7==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000014 at pc "
            "0x55d026dbf212 bp 0x7ffce4d7a720 sp 0x7ffce4d7a718\n"
            "READ of size 4 at 0x602000000014 thread T0\n"
            "    #0 0x55d026dbf211 in use(C*) a.cpp:4\n"
            "    #1 0x55d026dbf211 in main a.cpp:5\n"
            "\n"
            "0x602000000014 is located 4 bytes inside of 8-byte region [0x10,0x18)\n"
            "freed by thread T0 here:\n"
            "    #0 0x7f76c1cba3c8 in operator delete(void*, unsigned long) "
            "../../../../src/libsanitizer/asan/asan_new_delete.cpp:164\n"
            "    #1 0x55d026dbf18b in std::unique_ptr<C>::reset() "
            "/usr/include/c++/12/bits/unique_ptr.h:95\n"
            "    #2 0x55d026dbf18b in cleanup(C*) a.cpp:3:22\n"
            "previously allocated by thread T0 here:\n"
            "    #0 0x55e03be18f1d in operator new(unsigned long) (/tmp/a+0xdef1d) (BuildId: 4e)\n"
            "    #1 0x55d026dbf1d4 in main a.cpp:5:21\n"
            "\n"
            "SUMMARY: AddressSanitizer: heap-use-after-free a.cpp:4 in use(C*)\n") ==
        "heap-use-after-free: READ of size 4 at a.cpp:4 in use(C*); freed at a.cpp:3 in "
        "cleanup(C*); allocated at a.cpp:5 in main");
}

TEST_CASE("asan report: a double free has no access") {
  CHECK(asan_report_in_words("==7==ERROR: AddressSanitizer: attempting double-free on 0x6020 in "
                             "thread T0:\n"
                             "    #0 0x7f in free (/lib/libasan.so.8+0x1)\n"
                             "    #1 0x7f in close_it(C*) a.cpp:9:3\n"
                             "freed by thread T0 here:\n"
                             "    #1 0x55 in close_it(C*) a.cpp:8:3\n") ==
        "attempting double-free at a.cpp:9 in close_it(C*); freed at a.cpp:8 in close_it(C*)");
}

TEST_CASE("asan report: without debug information the kind is left") {
  CHECK(asan_report_in_words("==7==ERROR: AddressSanitizer: stack-overflow on address 0x7f (pc 0)\n"
                             "    #0 0x55 in f (/tmp/a+0x12)\n") == "stack-overflow");
  CHECK(asan_report_in_words("").empty());
}

}  // namespace
}  // namespace reprise
