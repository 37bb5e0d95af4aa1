#include "tests/store_watch/arguable/sharing.cpp"
#include "tests/store_watch/arguable/statistics.cpp"
