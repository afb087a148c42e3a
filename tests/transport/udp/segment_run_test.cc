#include "transport/udp/segment_run.h"

#include <gtest/gtest.h>

#include "tests/transport/udp/outgoing_datagrams.h"

namespace stellwerk {
namespace {

std::size_t RunOf(const OutgoingDatagrams& datagrams) { return RunLength(datagrams.pointers()); }

TEST(SegmentRunTest, DatagramsOfOneSizeToOneDestinationAreOneRun) {
  EXPECT_EQ(RunOf({{1, 1000}, {1, 1000}, {1, 1000}}), 3U);
}

TEST(SegmentRunTest, OnlyTheLastMayFallShort) {
  EXPECT_EQ(RunOf({{1, 1000}, {1, 1000}, {1, 600}, {1, 600}}), 3U);
}

TEST(SegmentRunTest, ALargerOneBeginsTheNextRun) {
  EXPECT_EQ(RunOf({{1, 1000}, {1, 1001}}), 1U);
  EXPECT_EQ(RunOf({{1, 1000}, {1, 1000}, {1, 1001}}), 2U);
}

TEST(SegmentRunTest, AnotherDestinationBeginsTheNextRun) {
  EXPECT_EQ(RunOf({{1, 1000}, {1, 1000}, {2, 1000}}), 2U);
}

TEST(SegmentRunTest, AnotherSourceBeginsTheNextRun) {
  OutgoingDatagrams datagrams{{1, 1000}, {1, 1000}};
  datagrams.datagrams()[1].tuple.local.ip = IpAddress::V4({127, 0, 0, 2});
  EXPECT_EQ(RunOf(datagrams), 1U);
}

TEST(SegmentRunTest, EmptyDatagramIsNoSegment) {
  EXPECT_EQ(RunOf({{1, 0}, {1, 0}}), 1U);
  EXPECT_EQ(RunOf({{1, 10}, {1, 0}}), 1U);
}

TEST(SegmentRunTest, NothingIsNoRun) { EXPECT_EQ(RunOf({}), 0U); }

TEST(SegmentRunTest, RunEndsBeforeTheKernelsLimits) {
  OutgoingDatagrams small{};
  for (int i = 0; i < 100; ++i) small.Add({1, 100});
  EXPECT_EQ(RunOf(small), kMaxRunDatagrams);
  OutgoingDatagrams large{};
  for (int i = 0; i < 100; ++i) large.Add({1, 1250});
  EXPECT_EQ(RunOf(large), kMaxRunBytes / 1250);
}

}  // namespace
}  // namespace stellwerk
