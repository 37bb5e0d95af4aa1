// Where OpenSSL gets its random bytes from. It has one source for all.
#pragma once

#include "scenarios/libraries/tls.h"

namespace reprise::libraries {

/// From now on it asks `source`, which must outlive its calls.
void use_for_openssl(Randomness& source);

}  // namespace reprise::libraries
