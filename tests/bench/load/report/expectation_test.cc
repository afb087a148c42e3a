#include "bench/load/report/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/load/report/report.h"

namespace stellwerk::load {
namespace {

using ::testing::HasSubstr;

std::string ErrorOf(std::string_view text) {
  const auto parsed = ParseExpectations(text);
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

ExpectationResult Held(std::string_view text, double value) {
  Report report;
  const auto parsed = ParseExpectations(text);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  report.Set(parsed->front().key, value);
  return Evaluate(*parsed, report).front();
}

TEST(Expectations, AreReadInTheFiguresOwnUnit) {
  const auto parsed = ParseExpectations(
      "join_p95<300ms, loss < 0.1%,transit_p99<=5000us,reconnect_p95<2s,receive_rate>=1.5Mbps,"
      "frozen_seconds<500ms,server_memory_per_participant<100kB,freezes==0,layer_expected>0.9,"
      "estimate_ratio>85%");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  ASSERT_EQ(parsed->size(), 10U);
  EXPECT_EQ((*parsed)[0].key, "join_p95");
  EXPECT_EQ((*parsed)[0].comparison, Comparison::kLess);
  EXPECT_DOUBLE_EQ((*parsed)[0].limit, 300);
  EXPECT_EQ((*parsed)[1].text, "loss<0.1%");
  EXPECT_DOUBLE_EQ((*parsed)[1].limit, 0.001);
  EXPECT_EQ((*parsed)[2].comparison, Comparison::kLessOrEqual);
  EXPECT_DOUBLE_EQ((*parsed)[2].limit, 5);
  EXPECT_DOUBLE_EQ((*parsed)[3].limit, 2000);
  EXPECT_EQ((*parsed)[4].comparison, Comparison::kGreaterOrEqual);
  EXPECT_DOUBLE_EQ((*parsed)[4].limit, 1.5e6);
  EXPECT_DOUBLE_EQ((*parsed)[5].limit, 0.5);
  EXPECT_DOUBLE_EQ((*parsed)[6].limit, 1e5);
  EXPECT_EQ((*parsed)[7].comparison, Comparison::kEqual);
  EXPECT_EQ((*parsed)[8].comparison, Comparison::kGreater);
  EXPECT_DOUBLE_EQ((*parsed)[9].limit, 0.85);
}

TEST(Expectations, SayWhatIsWrongWithThem) {
  EXPECT_EQ(ErrorOf("join_p96<300ms"),
            "expectation \"join_p96<300ms\": there is no figure \"join_p96\"; did you mean "
            "join_p95?");
  EXPECT_EQ(ErrorOf("loss<5ms"),
            "expectation \"loss<5ms\": \"ms\" is no unit of loss, which takes %");
  EXPECT_EQ(ErrorOf("freezes<5s"),
            "expectation \"freezes<5s\": \"s\" is no unit of freezes, which takes a plain number");
  EXPECT_EQ(ErrorOf("loss=1"), "expectation \"loss=1\": needs one of < <= > >= ==");
  EXPECT_EQ(ErrorOf("loss"), "expectation \"loss\": needs one of < <= > >= ==");
  EXPECT_EQ(ErrorOf("loss<"), "expectation \"loss<\": \"\" is no number");
  EXPECT_EQ(ErrorOf("loss<inf"), "expectation \"loss<inf\": \"inf\" is no number");
  EXPECT_EQ(ErrorOf("loss<1e999"), "expectation \"loss<1e999\": \"1e999\" is no number");
  EXPECT_THAT(ErrorOf(""), HasSubstr("is empty"));
  EXPECT_THAT(ErrorOf("loss<1%,"), HasSubstr("is empty"));
  EXPECT_THAT(ErrorOf("loss<1%,,freezes<1"), HasSubstr("is empty"));
}

TEST(Expectations, AreMetUpToTheirBound) {
  EXPECT_TRUE(Held("join_p95<300ms", 299.9).passed);
  EXPECT_FALSE(Held("join_p95<300ms", 300).passed);
  EXPECT_TRUE(Held("join_p95<=300ms", 300).passed);
  EXPECT_FALSE(Held("join_p95<=300ms", 300.001).passed);
  EXPECT_TRUE(Held("layer_expected>90%", 0.91).passed);
  EXPECT_FALSE(Held("layer_expected>90%", 0.9).passed);
  EXPECT_TRUE(Held("layer_expected>=90%", 0.9).passed);
  EXPECT_TRUE(Held("freezes==0", 0).passed);
  EXPECT_FALSE(Held("freezes==0", 1).passed);
  // 0.7 * 0.01 is not 0.007 in binary.
  EXPECT_TRUE(Held("loss<=0.7%", 0.007).passed);
  EXPECT_FALSE(Held("loss<0.7%", 0.007).passed);
}

TEST(Expectations, TellWhatWasFoundWithoutRoundingItToTheBound) {
  EXPECT_EQ(Held("join_p95<300ms", 312.2).found, "312 ms");
  EXPECT_EQ(Held("join_p95<300ms", 300.25).found, "300.25 ms");
  EXPECT_EQ(Held("loss<0.1%", 0.00100001).found, "0.100001 %");
}

TEST(Expectations, OfWhatWasNotMeasuredAreNotMet) {
  Report report;
  report.SetNotAvailable("server_cpu", "no pid was given");
  const auto parsed = ParseExpectations("server_cpu<2,loss<1%");
  ASSERT_TRUE(parsed.ok());
  const auto results = Evaluate(*parsed, report);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_FALSE(results[0].passed);
  EXPECT_EQ(results[0].found, "n/a: no pid was given");
  EXPECT_FALSE(results[1].passed);
  EXPECT_EQ(results[1].found, "n/a: not measured");
}

}  // namespace
}  // namespace stellwerk::load
