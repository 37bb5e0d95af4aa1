// Code that makes its sockets itself by calls of the C library, on the world's network.
#include <reprise/reprise.h>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

using namespace reprise;

namespace {

constexpr std::uint16_t port = 7000;

sockaddr_in address_of(std::uint32_t host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(host);
  return address;
}
const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int listening(int flags = 0) {
  const int door = socket(AF_INET, SOCK_STREAM | flags, 0);
  const sockaddr_in here = address_of(INADDR_ANY);
  if (bind(door, plain(here), sizeof here) != 0 || listen(door, 5) != 0) return -1;
  return door;
}

/// As C programs do it.
int connected_to(const char* name) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(name, "7000", &hints, &found) != 0) return -1;
  const int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  const bool works = connect(fd, found->ai_addr, found->ai_addrlen) == 0;
  freeaddrinfo(found);
  if (works) return fd;
  close(fd);
  return -1;
}

bool send_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// Until the other end sends no more.
void echo(int fd) {
  std::array<char, 16> bytes{};
  for (;;) {
    const ssize_t size = read(fd, bytes.data(), bytes.size());
    if (size <= 0 || !send_all(fd, bytes.data(), static_cast<std::size_t>(size))) break;
  }
  close(fd);
}

void serve_one() {
  const int door = listening();
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  echo(accept(door, reinterpret_cast<sockaddr*>(&peer), &size));
  close(door);
}

constexpr std::string_view text = "what is said comes back, in any pieces";

bool hears_echo(int fd) {
  std::array<char, 64> heard{};
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t more = recv(fd, heard.data() + size, heard.size() - size, 0);
    if (more <= 0) return false;
    size += static_cast<std::size_t>(more);
  }
  return std::string_view(heard.data(), size) == text;
}

}  // namespace

// Both ends block, on two computers; the client knows the server by its name.
SCENARIO("sockets/two-computers") {
  sim.survives({.short_io = true});
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets", [sockets] { return sockets.open(); });
  const Sim::Node server = sim.node("server");
  server.task("serve", [&] { sim.foreign([] { serve_one(); }); });
  sim.node("client").task("ask", [&] {
    int fd = -1;
    for (int tries = 0; fd < 0 && tries < 20; ++tries) {
      fd = sim.foreign([] { return connected_to("server"); });
      if (fd < 0) sim.yield();
    }
    if (fd < 0) return;
    sim.expect(sim.foreign([fd] { return send_all(fd, text.data(), text.size()); }), "it sends");
    sim.expect(sim.foreign([fd] { return hears_echo(fd); }), "what comes back is what was said");
    sim.reached("an echo");
    close(fd);
  });
  sim.run();
}

// One loop with poll() serves two clients, which do not block and wait with their completions.
SCENARIO("sockets/loop") {
  sim.survives({.short_io = true});
  const Sim::Sockets sockets = sim.sockets();
  sim.task("loop", [&] {
    sim.foreign([] {
      std::array<pollfd, 3> all{};
      std::size_t count = 1;
      all[0] = {listening(SOCK_NONBLOCK), POLLIN, 0};
      for (;;) {
        if (poll(all.data(), count, -1) <= 0) continue;
        if ((all[0].revents & POLLIN) != 0 && count < all.size()) {
          const int fd = accept4(all[0].fd, nullptr, nullptr, SOCK_NONBLOCK);
          if (fd >= 0) all[count++] = {fd, POLLIN, 0};
        }
        for (std::size_t i = 1; i < count; ++i) {
          char byte = 0;
          if ((all[i].revents & POLLIN) == 0 || read(all[i].fd, &byte, 1) != 1) continue;
          pollfd room{all[i].fd, POLLOUT, 0};
          while (write(all[i].fd, &byte, 1) < 0 && errno == EAGAIN) poll(&room, 1, 1000);
        }
      }
    });
  });
  for (const std::uint32_t number : {0U, 1U}) {
    sim.task("client", number, [&sim, sockets] {
      sim.yield();
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      const sockaddr_in there = address_of(INADDR_LOOPBACK);
      if (connect(fd, plain(there), sizeof there) != 0) {
        sim.expect_eq(errno, EINPROGRESS);
        static_cast<void>(sim.wait(sockets.writable(fd)));
      }
      int error = -1;
      socklen_t size = sizeof error;
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return;  // nobody listens yet
      std::string heard;
      std::array<char, 5> said{"abcd"};
      for (std::size_t sent = 0; heard.size() < 4;) {
        std::array<iovec, 2> parts{{{nullptr, 0}, {said.data() + sent, 4 - sent}}};
        if (sent < 4) {
          const ssize_t more = writev(fd, parts.data(), 2);
          if (more > 0) sent += static_cast<std::size_t>(more);
        }
        std::array<char, 4> bytes{};
        const ssize_t peeked = recv(fd, bytes.data(), 1, MSG_PEEK);
        const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
        if (peeked == 1) sim.expect(got >= 1, "what was seen is still there");
        if (got > 0) heard.append(bytes.data(), static_cast<std::size_t>(got));
        if (got > 0) continue;
        sim.expect_eq(errno, EAGAIN);
        static_cast<void>(sim.wait(sent < 4 ? sockets.either(fd) : sockets.readable(fd)));
      }
      sim.expect_eq(heard, "abcd", "what comes back");
      sim.reached("an echo");
    });
  }
  sim.run();
}

SCENARIO("sockets/errors") {
  const Sim::Sockets sockets = sim.sockets();
  sim.task("client", [&] {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sim.expect_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    sim.expect_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    char byte = 0;
    sim.expect_eq(recv(fd, &byte, 1, 0), -1);
    sim.expect_eq(errno, ENOTCONN);
    const sockaddr_in there = address_of(INADDR_LOOPBACK);
    if (connect(fd, plain(there), sizeof there) != 0 && errno == EINPROGRESS) {
      static_cast<void>(sim.wait(sockets.writable(fd)));
      pollfd asked{fd, POLLOUT, 0};
      sim.expect_eq(poll(&asked, 1, 0), 1);
      sim.expect_eq(asked.revents & POLLERR, POLLERR);
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      sim.expect_eq(error, ECONNREFUSED);
    } else {
      sim.expect_eq(errno, ECONNREFUSED);
    }
    sim.expect_eq(close(fd), 0);
    sim.expect_eq(close(fd), -1);
    sim.expect_eq(errno, EBADF);
    sim.expect_eq(socket(AF_INET6, SOCK_STREAM, 0), -1);
    sim.expect_eq(errno, EAFNOSUPPORT);
    addrinfo* found = nullptr;
    sim.expect_eq(getaddrinfo("nobody", nullptr, nullptr, &found), EAI_NONAME);
  });
  sim.run();
}

// The wait of a poll() is over when its time is, by the world's clock.
SCENARIO("sockets/timeout") {
  sim.sockets();
  sim.task("server", [&] {
    sim.foreign([] {
      pollfd asked{listening(), POLLIN, 0};
      poll(&asked, 1, 3000);
    });
    sim.expect_eq(sim.now().ns / 1'000'000'000, 3U);
  });
  sim.run();
}

// Outside of sim.foreign() a call cannot wait.
SCENARIO("sockets/blocks") {
  sim.sockets();
  sim.task("server", [&] {
    const int door = listening();
    accept(door, nullptr, nullptr);
  });
  sim.run();
}

SCENARIO("sockets/left-open") {
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets", [sockets] { return sockets.open(); });
  sim.task("server", [&] { listening(); });
  sim.run();
}

// The mistake: nobody asks how much was sent.
SCENARIO("sockets/partial-send") {
  sim.survives({.short_io = true});
  sim.sockets();
  sim.task("server", [&] { sim.foreign([] { serve_one(); }); });
  sim.task("client", [&] {
    sim.yield();
    sim.foreign([&sim] {
      const int fd = connected_to("localhost");
      if (fd < 0) return;
      send(fd, text.data(), text.size(), 0);
      sim.expect(hears_echo(fd), "what comes back is what was said");
      close(fd);
    });
  });
  sim.run();
}
