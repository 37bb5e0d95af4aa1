#include <reprise/sim/answering.h>

#include <utility>

namespace reprise {

namespace internal {
constinit thread_local Surfaces* surfaces = nullptr;
}  // namespace internal

Answering::Answering(Surfaces* surfaces) : was_(std::exchange(internal::surfaces, surfaces)) {}
Answering::~Answering() { internal::surfaces = was_; }

}  // namespace reprise
