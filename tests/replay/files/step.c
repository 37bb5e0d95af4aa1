/* The machine of mixed.cpp. */
int step_count(void) {
  int class = STEPS; /* C, not C++ */
  return class;
}
