// The sockets that code under test makes by calls of the C library, as the hooks ask for them.
#include <reprise/sim/surface/descriptors.h>

#include <reprise/sim/node.h>
#include <reprise/sim/sockets.h>
#include <reprise/sim/surface/surfaces.h>

#include "tests/support/toy.h"

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

using namespace reprise;
using namespace reprise::tests;
using namespace std::chrono_literals;

namespace {

Descriptors& descriptors() { return internal::surfaces->descriptors(); }

sockaddr_in address_of(std::uint32_t host) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(7000);
  address.sin_addr.s_addr = htonl(host);
  return address;
}

int listening(bool blocks) {
  const int fd = descriptors().make(blocks);
  descriptors().bind(fd, address_of(INADDR_ANY));
  return descriptors().listen(fd) == 0 ? fd : -1;
}

ssize_t say(int fd, std::string_view text) {
  return descriptors().send(fd, std::as_bytes(std::span(text)), true);
}

/// What one call gives; empty at the end and after an error.
std::string hear(int fd, bool peeks = false) {
  std::array<char, 16> bytes{};
  const ssize_t size =
      descriptors().receive(fd, std::as_writable_bytes(std::span(bytes)), true, peeks);
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : "";
}

}  // namespace

TEST_CASE("descriptors: foreign code waits in accept and receive and peeks") {
  std::string peeked, heard, end = "not yet";
  Toy toy([&](Sim& sim) {
    sim.sockets();
    sim.task("server", [&] {
      sim.foreign([&] {
        const int door = listening(true);
        const int fd = descriptors().accept(door, true);
        peeked = hear(fd, true);
        heard = hear(fd);
        end = hear(fd);
        descriptors().close(fd);
        descriptors().close(door);
      });
    });
    sim.task("client", [&] {
      sim.foreign([&] {
        const int fd = descriptors().make(true);
        sim.expect_eq(descriptors().connect(fd, address_of(INADDR_LOOPBACK)), 0);
        sim.expect_eq(say(fd, "hello"), 5);
        descriptors().close(fd);
      });
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(peeked == "hello");
  CHECK(heard == "hello");
  CHECK(end == "");
}

TEST_CASE("descriptors: what does not block says EAGAIN and is awaited") {
  std::string heard;
  Toy toy([&](Sim& sim) {
    const Sim::Sockets sockets = sim.sockets();
    sim.task("server", [&] {
      const int door = listening(false);
      int fd = descriptors().accept(door, false);
      while (fd < 0) {
        sim.expect_eq(errno, EAGAIN);
        static_cast<void>(sim.wait(sockets.readable(door)));
        fd = descriptors().accept(door, false);
      }
      for (heard = hear(fd); heard.empty(); heard = hear(fd)) {
        sim.expect_eq(errno, EAGAIN);
        static_cast<void>(sim.wait(sockets.readable(fd)));
      }
    });
    sim.task("client", [&] {
      const int fd = descriptors().make(false);
      sim.expect_eq(descriptors().connect(fd, address_of(INADDR_LOOPBACK)), -1);
      sim.expect_eq(errno, EINPROGRESS);
      static_cast<void>(sim.wait(sockets.writable(fd)));
      sim.expect_eq(descriptors().take_error(fd), 0);
      sim.expect_eq(say(fd, "hello"), 5);
      sim.sleep(1s);
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(heard == "hello");
}

TEST_CASE("descriptors: a socket that is closed while it connects leaves no connection") {
  std::uint64_t open = 99;
  Toy toy([&](Sim& sim) {
    const Sim::Sockets sockets = sim.sockets();
    sim.task("server", [&] {
      sim.foreign([&] {
        const int door = listening(true);
        const int fd = descriptors().accept(door, true);
        sim.expect_eq(hear(fd), "");  // else it would wait for good
        descriptors().close(fd);
        descriptors().close(door);
      });
    });
    sim.task("client", [&] {
      const int fd = descriptors().make(false);
      static_cast<void>(descriptors().connect(fd, address_of(INADDR_LOOPBACK)));
      sim.sleep(1s);
      descriptors().close(fd);
    });
    sim.finally("all are closed", [&, sockets] { return (open = sockets.open()) == 0; });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(open == 0);
}

TEST_CASE("descriptors: a wait ends with its time and other code cannot wait") {
  bool waits = true;
  Toy toy([&](Sim& sim) {
    sim.sockets();
    sim.task("t", [&] {
      const int door = listening(true);
      const pollfd asked{door, POLLIN, 0};
      waits = descriptors().wait({&asked, 1}, {});
      sim.foreign([&] {
        const Instant until = internal::surfaces->instant_in(3'000'000'000);
        sim.expect(descriptors().wait({&asked, 1}, until), "foreign code waits");
        sim.expect(internal::surfaces->is_over(until), "its time is over");
        sim.expect_eq(descriptors().look(asked), short{0});
      });
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK_FALSE(waits);
}

TEST_CASE("descriptors: nodes have addresses and their sockets go with them") {
  std::string address, own;
  bool is_known = true;
  std::uint64_t open = 0;
  Toy toy([&](Sim& sim) {
    const Sim::Sockets sockets = sim.sockets();
    const Sim::Node a = sim.node("a");
    a.recovers([] {});
    a.task("t", [&] {
      static_cast<void>(listening(true));
      const HostAddresses& hosts = descriptors().hosts();
      sockaddr_in found = address_of(0);
      found.sin_addr = hosts.find("a").value_or(in_addr{});
      address = hosts.for_network(found);
      own = hosts.for_network(address_of(INADDR_LOOPBACK));
      is_known = hosts.find("nobody").has_value();
      open = sockets.open();
      sim.sleep(1s);
    });
    sim.task("operator", [&] {
      sim.sleep(500ms);
      a.kill();
      sim.expect_eq(sockets.open(), std::uint64_t{0});
      a.restart();
    });
    sim.run();
  });
  CHECK(found(toy.run(lazy_plan())) == "");
  CHECK(address == "a:7000");
  CHECK(own == ":7000");
  CHECK_FALSE(is_known);
  CHECK(open == 1);
}
