// A small server that keeps values and speaks the protocol of Redis; it reads commands with
// hiredis.
#pragma once

#include "scenarios/libraries/sockets.h"

#include <reprise/reprise.h>

#include <hiredis/hiredis.h>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::libraries::hiredis {

using Reader = std::unique_ptr<redisReader, decltype(&redisReaderFree)>;
using Reply = std::unique_ptr<void, decltype(&freeReplyObject)>;
using Words = std::vector<std::string>;
using Store = std::map<std::string, std::string>;

inline Reader make_reader() { return {redisReaderCreate(), &redisReaderFree}; }

inline Reply parsed(redisReader& reader) {
  void* reply = nullptr;
  redisReaderGetReply(&reader, &reply);
  return {reply, &freeReplyObject};
}

/// The next answer or command; null if the stream ends.
inline Reply next(Sim& sim, Stream& stream, redisReader& reader) {
  Reply reply = parsed(reader);
  while (reply == nullptr && reader.err == 0) {
    const Buffer bytes = Buffer::allocate(1 + sim.choose("room", 60));
    const Completion part = stream.recv(bytes);
    if (sim.wait(part) != IOError::none || part.result() == 0) break;
    redisReaderFeed(&reader, reinterpret_cast<const char*>(bytes.data()), part.result());
    reply = parsed(reader);
  }
  sim.expect_eq(std::string_view(reader.errstr), "", "the reader's error");
  return reply;
}

inline Words words_of(const redisReply& reply) {
  Words words;
  for (std::size_t i = 0; i < reply.elements; ++i) {
    words.emplace_back(reply.element[i]->str, reply.element[i]->len);
  }
  return words;
}

inline std::string in_words(const redisReply& reply) {
  std::string text = std::to_string(reply.type) + ":";
  if (reply.type == REDIS_REPLY_INTEGER) return text + std::to_string(reply.integer);
  if (reply.type != REDIS_REPLY_ARRAY) return text + std::string(reply.str, reply.len);
  for (std::size_t i = 0; i < reply.elements; ++i) text += in_words(*reply.element[i]) + ",";
  return text + ".";
}

inline std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

/// Carries a command out, and gives the answer in the protocol of Redis.
inline std::string carry_out(Store& store, const Words& words) {
  if (words[0] == "SET") {
    store[words[1]] = words[2];
    return "+OK\r\n";
  }
  if (words[0] == "STRLEN") return ":" + std::to_string(store[words[1]].size()) + "\r\n";
  if (words[0] == "GET") {
    return store.contains(words[1]) ? bulk(store[words[1]]) : "$-1\r\n";
  }
  if (words[0] != "ALL") return "-ERR unknown\r\n";
  std::string pairs = "*" + std::to_string(store.size()) + "\r\n";
  for (const auto& [name, value] : store) pairs += "*2\r\n" + bulk(name) + bulk(value);
  return pairs;
}

inline Words choose_command(Sim& sim) {
  constexpr std::array<std::string_view, 5> verbs = {"SET", "GET", "STRLEN", "ALL", "what"};
  constexpr std::array<std::string_view, 3> names = {"a", "b\r\n", ""};
  Words words{std::string(verbs[sim.choose("command", verbs.size())])};
  words.emplace_back(names[sim.choose("name", names.size())]);
  words.push_back("\r\n$1" + text_of(sim.choose("bytes of a value", 80)));
  return words;
}

/// Answers what comes, until the stream ends.
inline void serve(Sim& sim, Stream& stream) {
  Store store;
  const Reader reader = make_reader();
  while (const Reply command = next(sim, stream, *reader)) {
    const Words words = words_of(*static_cast<redisReply*>(command.get()));
    if (!network::send_all(sim, stream, carry_out(store, words))) return;
  }
}

/// The answer as it is if it comes in one piece.
inline std::string answer_in_words(Store& store, const Words& words) {
  const Reader whole = make_reader();
  const std::string answer = carry_out(store, words);
  redisReaderFeed(whole.get(), answer.data(), answer.size());
  return in_words(*static_cast<redisReply*>(parsed(*whole).get()));
}

}  // namespace reprise::libraries::hiredis
