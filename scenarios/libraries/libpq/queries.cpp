// libpq connects to a small server without blocking, and asks simple queries. The answers are those
// that were sent, or the connection is lost and libpq says so.
#include "scenarios/libraries/libpq/connection.h"
#include "scenarios/libraries/libpq/server.h"

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <postgresql/libpq-fe.h>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace reprise::libraries::libpq {
namespace {

struct Query {
  std::string text;
  ExecStatusType status = PGRES_TUPLES_OK;
  std::uint32_t rows = 0;
  std::uint32_t size = 0;
};

Query choose_query(Sim& sim) {
  switch (sim.choose("query", 4)) {
    case 1: return {"error", PGRES_FATAL_ERROR};
    case 2: return {"nothing", PGRES_EMPTY_QUERY};
    case 3: return {"notice", PGRES_EMPTY_QUERY};
    default: {
      const std::uint32_t rows = sim.choose("rows", 5);
      const std::uint32_t size = sim.choose("bytes", 200);
      return {"rows " + std::to_string(rows) + ' ' + std::to_string(size), PGRES_TUPLES_OK, rows,
              size};
    }
  }
}

void check_rows(Sim& sim, const PGresult& answer, const Query& asked, std::uint32_t first) {
  for (int row = 0; row < PQntuples(&answer); ++row) {
    const std::string value(PQgetvalue(&answer, row, 0),
                            static_cast<std::size_t>(PQgetlength(&answer, row, 0)));
    const std::uint32_t number = first + static_cast<std::uint32_t>(row);
    sim.expect_eq(value, asked.size == 0 ? "" : value_at(number, asked.size), "a value");
    sim.expect_eq(PQgetisnull(&answer, row, 0), asked.size == 0 ? 1 : 0, "null");
  }
}

/// False if the connection is lost.
bool check_answer(Sim& sim, Connection& connection, const Query& asked, bool row_by_row) {
  std::uint32_t rows = 0;
  for (;;) {
    const Answer answer = connection.next();
    if (connection.is_lost()) return false;
    if (!sim.expect(answer != nullptr, "each query has an answer")) return false;
    check_rows(sim, *answer, asked, rows);
    rows += static_cast<std::uint32_t>(PQntuples(answer.get()));
    const ExecStatusType status = PQresultStatus(answer.get());
    if (row_by_row && status == PGRES_SINGLE_TUPLE) continue;
    sim.expect_eq(PQresStatus(status), PQresStatus(asked.status), "the status");
    sim.expect_eq(rows, asked.rows, "the rows");
    sim.reached("an answer");
    return true;
  }
}

void ask(Sim& sim) {
  Connection connection(sim,
                        "hostaddr=127.0.0.1 port=7000 user=u password=secret dbname=d "
                        "sslmode=disable gssencmode=disable");
  PQsetNoticeReceiver(
      connection.get(), [](void*, const PGresult*) {}, nullptr);
  bool is_up = connection.connect();
  for (std::uint32_t left = 1 + sim.choose("rounds", 4); is_up && left > 0; --left) {
    std::vector<Query> queries;
    std::string text;
    for (std::uint32_t more = 1 + sim.choose("queries", 3); more > 0; --more) {
      queries.push_back(choose_query(sim));
      text += (text.empty() ? "" : ";") + queries.back().text;
      if (queries.back().status == PGRES_FATAL_ERROR) break;
    }
    is_up = connection.send(text);
    const bool row_by_row =
        is_up && sim.flip("row by row") && PQsetSingleRowMode(connection.get()) == 1;
    for (const Query& query : queries) {
      is_up = is_up && check_answer(sim, connection, query, row_by_row);
    }
    while (is_up && connection.next() != nullptr) {
      sim.expect(connection.is_lost(), "there is no answer more than queries");
      is_up = false;
    }
  }
  sim.expect(is_up || connection.is_lost(), "what fails is lost");
}

SCENARIO("libraries/libpq") {
  sim.survives({.short_io = true, .connections = true});
  sim.connection_capacity(500 - sim.choose("less capacity", 490));
  const std::unique_ptr<Listener> door = std::move(sim.io().listen(":7000")).value();
  sim.task("server", [&] {
    for (;;) {
      const auto stream = network::accept(sim, sim.io(), *door);
      if (stream == nullptr) continue;
      Server(sim, *stream).run();
      end_stream(sim, *stream);
    }
  });
  const Sim::Sockets sockets = sim.sockets();
  sim.held("sockets of libpq", [sockets] { return sockets.open(); });
  sim.task("client", [&] { ask(sim); });
  sim.run();
}

}  // namespace
}  // namespace reprise::libraries::libpq
