// HostAddresses: the nodes of a world as code under test names them by addresses of IPv4. Node
// number n has 10.0.0.n; the world's first node is reached from itself alone, as 127.0.0.1.
#pragma once

#include <reprise/core/internal/open.h>
#include <reprise/sim/evidence/run_view.h>

#include <netinet/in.h>

#include <optional>
#include <string>
#include <string_view>

namespace reprise {

class HostAddresses {
 public:
  explicit HostAddresses(const RunView& run) : run_(run) {}

  /// The address of the host of this name, or written as a number; nothing if there is none.
  std::optional<in_addr> find(std::string_view name) const;
  /// As IO::connect() takes it: "server:7000"; ":7000" for the host that the code runs on.
  std::string for_network(const sockaddr_in& address) const;

 private:
  const RunView& run_;
};

}  // namespace reprise
