#include <reprise/sim/surface/host_addresses.h>

#include <arpa/inet.h>

#include <array>

namespace reprise {

namespace {

constexpr std::uint32_t first_node = 0x0A000000;  // 10.0.0.0
constexpr std::uint32_t loopback_net = 127;

}  // namespace

std::optional<in_addr> HostAddresses::find(std::string_view name) const {
  const std::string text(name);
  in_addr address{};
  if (inet_pton(AF_INET, text.c_str(), &address) == 1) return address;
  if (name == "localhost") return in_addr{htonl(INADDR_LOOPBACK)};
  for (NodeId node = 1; node < run_.node_count(); ++node) {
    if (run_.name_of_node(node) == name) return in_addr{htonl(first_node + node)};
  }
  return std::nullopt;
}

std::string HostAddresses::for_network(const sockaddr_in& address) const {
  const std::string port = ':' + std::to_string(ntohs(address.sin_port));
  const std::uint32_t host = ntohl(address.sin_addr.s_addr);
  if (host == INADDR_ANY || host >> 24U == loopback_net) return port;
  if (host > first_node && host - first_node < run_.node_count()) {
    return std::string(run_.name_of_node(host - first_node)) + port;
  }
  std::array<char, INET_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) + port;
}

}  // namespace reprise
