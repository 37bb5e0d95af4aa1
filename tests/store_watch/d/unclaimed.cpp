#include "tests/store_watch/unclaimed/not_reported.cpp"
