// mbedTLS over a stream, with a key that both ends know: handshake, echo, renegotiation, close.
#include "scenarios/libraries/mbedtls/glue.h"
#include "scenarios/libraries/tls.h"

#include <reprise/reprise.h>

namespace reprise::libraries::mbedtls {
namespace {

SCENARIO("libraries/mbedtls") { echo_over_tls<End>(sim); }

}  // namespace
}  // namespace reprise::libraries::mbedtls
