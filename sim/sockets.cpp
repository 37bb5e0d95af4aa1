#include <reprise/sim/sockets.h>

#include <reprise/sim/surface/descriptors.h>
#include <reprise/sim/world/world.h>

#include <utility>

namespace reprise {

Sim::Sockets Sim::sockets() {
  internal::Descriptors& descriptors = world_.surfaces().descriptors();
  descriptors.take_over();
  return Sockets(descriptors);
}

Completion Sim::Sockets::readable(int fd) const {
  return descriptors_->ready(fd, Readiness::readable);
}
Completion Sim::Sockets::writable(int fd) const {
  return descriptors_->ready(fd, Readiness::writable);
}
Completion Sim::Sockets::either(int fd) const { return descriptors_->ready(fd, Readiness::either); }
int Sim::Sockets::give(std::unique_ptr<Stream> stream) const {
  return descriptors_->give(std::move(stream));
}
std::uint64_t Sim::Sockets::open() const { return descriptors_->count(); }

}  // namespace reprise
