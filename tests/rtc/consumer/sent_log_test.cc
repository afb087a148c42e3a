#include "rtc/consumer/sent_log.h"

#include <gtest/gtest.h>

namespace stellwerk {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp kStart{std::chrono::seconds(1000)};

void Add(SentLog& log, int64_t output, Timestamp now) {
  SentLog::Entry entry;
  entry.output = output;
  entry.source_seq = 3 * output;
  entry.resent = now;
  log.Add(entry);
}
bool Has(SentLog& log, int64_t output) {
  const SentLog::Entry* entry = log.Find(output);
  return entry != nullptr && entry->source_seq == 3 * output;
}

TEST(SentLog, KeepsAllThatTheProducersHistoryCouldStillHave) {
  SentLog log(1024);
  // 200 a second.
  for (int64_t i = 0; i < 3000; ++i) {
    Add(log, 5000 + i, kStart + milliseconds(5 * i));
    for (int64_t back : {int64_t{0}, int64_t{1}, int64_t{31}, int64_t{100}, int64_t{400}}) {
      if (back <= i) {
        ASSERT_TRUE(Has(log, 5000 + i - back)) << back << " before " << i;
      }
    }
  }
}

TEST(SentLog, TakesNoMoreThanItsCapacity) {
  SentLog log(64);
  for (int64_t i = 0; i < 200; ++i) Add(log, i, kStart);
  EXPECT_FALSE(Has(log, 135));
  for (int64_t i = 136; i < 200; ++i) EXPECT_TRUE(Has(log, i));
}

TEST(SentLog, SlowStreamsStaySmall) {
  SentLog log(1024);
  for (int64_t i = 0; i < 500; ++i) Add(log, i, kStart + milliseconds(100 * i));
  EXPECT_FALSE(Has(log, 499 - 64)) << "6 s ago: nobody has it any more";
  EXPECT_TRUE(Has(log, 499 - 20));
}

TEST(SentLog, NumbersThatWereLeftOutDoNotHideOthers) {
  SentLog log(1024);
  Add(log, 0, kStart);
  Add(log, 32, kStart + milliseconds(1));
  Add(log, 96, kStart + milliseconds(2));
  Add(log, 97, kStart + milliseconds(2));
  for (const int64_t output : {0, 32, 96, 97}) EXPECT_TRUE(Has(log, output)) << output;
}

TEST(SentLog, NoneIsKeptIfNoneMayBe) {
  SentLog log(0);
  Add(log, 1, kStart);
  EXPECT_FALSE(Has(log, 1));
}

}  // namespace
}  // namespace stellwerk
