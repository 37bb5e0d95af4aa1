#include "scenarios/libraries/openssl/randomness.h"

#include <openssl/rand.h>
#include <cstddef>

namespace reprise::libraries {

namespace {

Randomness* asked;

int fill(unsigned char* bytes, int size) {
  asked->fill(bytes, static_cast<std::size_t>(size));
  return 1;
}

}  // namespace

void use_for_openssl(Randomness& source) {
  static RAND_METHOD method = {nullptr, fill, nullptr, nullptr, fill, [] { return 1; }};
  asked = &source;
// A provider would need more glue.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  RAND_set_rand_method(&method);
}

}  // namespace reprise::libraries
