#include "scenarios/libraries/raft/server.h"

#include <string>
#include <utility>

namespace reprise::libraries::consensus {

Server::Server(Sim& sim, Common& common, raft_id id)
    : sim_(sim), common_(common), id_(id), node_(sim.node('s' + std::to_string(id))) {
  raft_configuration configuration;
  raft_configuration_init(&configuration);
  for (raft_id each = 1; each <= common.servers; ++each) {
    raft_configuration_add(&configuration, each, address_of(each).c_str(), RAFT_VOTER);
  }
  node_.write_file("journal", RaftIO::first_journal(configuration));
  raft_configuration_close(&configuration);
  node_.recovers([this] { start(); });
  start();
}

void Server::start() {
  process_.reset();
  node_.task("raft", starts_++, [this] {
    Process::Options options = common_.process;
    options.io.seed = sim_.choose("seed", 1000);
    process_ = std::make_unique<Process>(sim_, node_, common_.applied, options);
    sim_.foreign([this] { process_->run(id_); });
  });
}

Completion Server::call(const Command& command, std::shared_ptr<Answer> answer) {
  if (process_ != nullptr) return process_->call(command, std::move(answer));
  answer->is_refused = true;
  return Completion::done();
}

Completion Server::change(const Change& change, std::shared_ptr<Answer> answer) {
  if (process_ != nullptr) return process_->change(change, std::move(answer));
  answer->is_refused = true;
  return Completion::done();
}

void Server::close() {
  if (process_ != nullptr) process_->close();
}

void Server::lose_disk() {
  node_.kill();
  node_.lose_disk();
  id_ += ids_per_life;
  node_.restart();
}

}  // namespace reprise::libraries::consensus
