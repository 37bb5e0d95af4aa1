#include <reprise/core/back_end/socket_address.h>

#include <reprise/core/internal/open.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace reprise {

namespace {

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return port;
}

sockaddr_in ipv4_at(std::uint32_t host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(port);
  return address;
}

}  // namespace

template <class Family>
void SocketAddress::set(const Family& address) {
  std::memcpy(&storage_, &address, sizeof address);
  size_ = sizeof address;
}

SocketAddress SocketAddress::every_ipv4(std::uint16_t port) {
  SocketAddress address;
  address.set(ipv4_at(INADDR_ANY, port));
  return address;
}

Result<SocketAddress> SocketAddress::parse(std::string_view text, NoHost no_host) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return IOError::invalid;
  const std::optional<std::uint16_t> port = port_in(text.substr(colon + 1));
  if (!port) return IOError::invalid;
  std::string host(text.substr(0, colon));
  SocketAddress address;
  sockaddr_in ipv4 = ipv4_at(INADDR_LOOPBACK, *port);
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(*port);
  if (host.empty() && no_host == NoHost::every_address) {
    address.set(ipv6);  // :: takes IPv4 too
  } else if (host.empty() || host == "localhost" ||
             ::inet_pton(AF_INET, host.c_str(), &ipv4.sin_addr) == 1) {
    address.set(ipv4);
  } else if (host.starts_with('[') && host.ends_with(']') &&
             ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &ipv6.sin6_addr) == 1) {
    address.set(ipv6);
  } else {
    return IOError::address_not_available;
  }
  return address;
}

SocketAddress SocketAddress::of_socket(int fd) {
  SocketAddress address;
  address.size_ = sizeof address.storage_;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage_), &address.size_);
  return address;
}

std::uint16_t SocketAddress::port() const {
  return ntohs(family() == AF_INET6 ? as<sockaddr_in6>().sin6_port : as<sockaddr_in>().sin_port);
}

bool SocketAddress::is_every() const {
  if (family() != AF_INET6) return as<sockaddr_in>().sin_addr.s_addr == htonl(INADDR_ANY);
  const in6_addr& host = as<sockaddr_in6>().sin6_addr;
  return std::memcmp(&host, &in6addr_any, sizeof host) == 0;
}

SocketAddress SocketAddress::for_family(int of_socket) const {
  if (of_socket != AF_INET6 || family() != AF_INET) return *this;
  sockaddr_in6 mapped{};
  mapped.sin6_family = AF_INET6;
  mapped.sin6_port = as<sockaddr_in>().sin_port;
  mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
  std::memcpy(&mapped.sin6_addr.s6_addr[12], &as<sockaddr_in>().sin_addr, 4);
  SocketAddress address;
  address.set(mapped);
  return address;
}

std::string SocketAddress::text() const {
  const std::string port_text = ':' + std::to_string(port());
  if (is_every()) return port_text;
  if (family() == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&as<sockaddr_in6>().sin6_addr)) {
    std::uint32_t host = 0;
    std::memcpy(&host, &as<sockaddr_in6>().sin6_addr.s6_addr[12], sizeof host);
    SocketAddress ipv4;
    ipv4.set(ipv4_at(ntohl(host), port()));
    return ipv4.text();
  }
  std::array<char, INET6_ADDRSTRLEN> host{};
  const bool is_ipv6 = family() == AF_INET6;
  const void* const from = is_ipv6 ? static_cast<const void*>(&as<sockaddr_in6>().sin6_addr)
                                   : static_cast<const void*>(&as<sockaddr_in>().sin_addr);
  ::inet_ntop(family(), from, host.data(), host.size());
  return is_ipv6 ? '[' + std::string(host.data()) + ']' + port_text : host.data() + port_text;
}

}  // namespace reprise
