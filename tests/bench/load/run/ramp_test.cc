#include "bench/load/run/ramp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stellwerk::load {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

// Of a server that bears so many.
RunStep Bears(std::size_t limit) {
  return [limit](std::size_t participants) -> absl::StatusOr<Report> {
    Report report;
    report.participants = static_cast<int>(participants);
    const Expectation loss{.key = "loss", .limit = 0.01, .text = "loss<1%"};
    report.expectations = {{loss, participants <= limit, participants <= limit ? "0 %" : "3 %"}};
    return report;
  };
}

TEST(RampTest, FindsTheLimitWithinItsPrecision) {
  for (const std::size_t limit : {1U, 2U, 9U, 77U, 500U, 801U}) {
    const auto report = FindLimit({.first = 1, .precision = 0.05}, Bears(limit));
    ASSERT_TRUE(report.ok());
    ASSERT_TRUE(report->ramp_limit.has_value()) << limit;
    EXPECT_LE(*report->ramp_limit, static_cast<int>(limit));
    EXPECT_GE(*report->ramp_limit, static_cast<int>(static_cast<double>(limit) * 0.95) - 1);
    EXPECT_EQ(report->participants, *report->ramp_limit);
  }
}

TEST(RampTest, SaysWhyAStepDidNotPass) {
  const auto report = FindLimit({.first = 4}, Bears(4));
  ASSERT_TRUE(report.ok());
  ASSERT_GE(report->ramp.size(), 2U);
  EXPECT_EQ(report->ramp[1].why, "loss<1%: 3 %");
}

TEST(RampTest, TellsThatNotEvenTheFirstPassed) {
  const auto report = FindLimit({.first = 8, .precision = 1}, Bears(0));
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->ramp_limit.has_value());
  EXPECT_EQ(report->participants, 8);
}

TEST(RampTest, EndsAtTheMost) {
  const auto report = FindLimit({.first = 10, .most = 30}, Bears(1000));
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->ramp_limit, 30);
  EXPECT_THAT(report->ramp,
              ElementsAre(Field(&RampStep::participants, 10), Field(&RampStep::participants, 20),
                          Field(&RampStep::participants, 30)));
}

TEST(RampTest, EndsWithAnInterruptedStep) {
  const auto report = FindLimit({.first = 1}, [](std::size_t participants) {
    Report step;
    step.interrupted = participants > 1;
    return absl::StatusOr<Report>(step);
  });
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->ramp.size(), 2U);
  EXPECT_EQ(report->ramp_limit, 1);
}

TEST(RampTest, PassesAnErrorOn) {
  const auto report = FindLimit({}, [](std::size_t) -> absl::StatusOr<Report> {
    return absl::UnavailableError("nobody there");
  });
  EXPECT_EQ(report.status().message(), "nobody there");
}

}  // namespace
}  // namespace stellwerk::load
