// SocketAddress: a numeric address with a port, as the kernel has it.
#pragma once

#include <reprise/core/result.h>

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::internal {

/// What ":7000" means: for who listens all addresses of this host, for who connects one of them.
enum class NoHost : std::uint8_t { every_address, loopback };

class SocketAddress {
 public:
  /// Reads "127.0.0.1:7000", "[::1]:7000", "localhost:7000" (which is 127.0.0.1) or ":7000".
  /// IOError::address_not_available for any other host, since names are not looked up;
  /// IOError::invalid without a port up to 65535.
  static Result<SocketAddress> parse(std::string_view text, NoHost no_host);
  /// Where the socket is bound.
  static SocketAddress of_socket(int fd);
  static SocketAddress every_ipv4(std::uint16_t port);

  int family() const { return storage_.ss_family; }
  std::uint16_t port() const;
  /// Whether it stands for all addresses of this host.
  bool is_every() const;
  /// For parse(): ":7000" if it stands for all addresses of this host.
  std::string text() const;
  /// How a socket of this family names the address: IPv6 has names for those of IPv4.
  SocketAddress for_family(int family) const;

  // For system calls.
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  /// Room for any address, for a call that gives one.
  sockaddr* room() { return reinterpret_cast<sockaddr*>(&storage_); }
  static constexpr socklen_t room_size = sizeof(sockaddr_storage);

 private:
  template <class Family>
  const Family& as() const {
    return reinterpret_cast<const Family&>(storage_);
  }
  template <class Family>
  void set(const Family& address);

  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace reprise::internal
