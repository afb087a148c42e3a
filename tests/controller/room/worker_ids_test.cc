#include "controller/room/worker_ids.h"

#include <gtest/gtest.h>

#include <set>

namespace stellwerk {
namespace {

TEST(WorkerIds, UfragsAreUniqueAndSecretsAreLongEnough) {
  SeededRandom random(1);
  WorkerIds ids(random);
  std::set<std::string> ufrags;
  for (int i = 0; i < 1000; ++i) {
    const AnswerIds answer = ids.ForAnswer();
    EXPECT_GE(answer.local_ice.ufrag.size(), 4u);
    EXPECT_GE(answer.local_ice.pwd.size(), 22u);  // RFC 8445 §5.3
    EXPECT_TRUE(ufrags.insert(answer.local_ice.ufrag).second);
    EXPECT_LT(answer.session_id, uint64_t{1} << 62);
  }
}

TEST(WorkerIds, WhatAnAnswerTookIsNotGivenAgain) {
  SeededRandom random(1);
  WorkerIds ids(random);
  AnswerResult result;
  result.next_producer = ProducerId(5);
  result.next_consumer = ConsumerId(8);
  ids.Commit(result);
  EXPECT_EQ(ids.ForAnswer().next_producer, ProducerId(5));
  EXPECT_EQ(ids.ForAnswer().next_consumer, ConsumerId(8));
  EXPECT_NE(ids.NextTransport(), ids.NextTransport());
}

}  // namespace
}  // namespace stellwerk
