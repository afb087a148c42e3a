#include "bench/load/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "bench/load/report/figure.h"
#include "bench/load/report/report_csv.h"
#include "bench/load/report/report_json.h"
#include "bench/load/report/table.h"
#include "bench/load/report/text_columns.h"
#include "tests/bench/load/report/example_report.h"

namespace stellwerk::load {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Report, PercentilesAreThoseThatTheCatalogueHas) {
  synthetic::Distribution transit;
  for (int i = 1; i <= 100; ++i) transit.Add(std::chrono::milliseconds(i));
  Report report;
  report.SetPercentiles("transit", transit, "");
  EXPECT_NEAR(*report.Get("transit_p50").value, 50, 0.5);
  EXPECT_NEAR(*report.Get("transit_p99").value, 99, 1);
  EXPECT_NEAR(*report.Get("transit_p999").value, 100, 1);
  EXPECT_EQ(report.values.size(), 3U);
  report.SetPercentiles("transit", {}, "nothing was received");
  EXPECT_EQ(report.Get("transit_p99").value, std::nullopt);
  EXPECT_EQ(report.Get("transit_p99").reason, "nothing was received");
}

TEST(Report, WhatIsNoNumberIsNotAvailable) {
  Report report;
  report.Set("loss", std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(report.Get("loss").value, std::nullopt);
  EXPECT_EQ(report.Get("loss").reason, "could not be computed");
  EXPECT_EQ(report.Get("freezes").reason, "not measured");
}

TEST(Report, PassesIfItIsValidAndAllExpectationsAreMet) {
  Report report;
  EXPECT_TRUE(report.passed());
  report.expectations = {{.passed = true}, {.passed = false}};
  EXPECT_FALSE(report.passed());
  report.expectations.pop_back();
  EXPECT_TRUE(report.passed());
  report.invalid = {"the generator was saturated"};
  EXPECT_FALSE(report.passed());
}

TEST(ReportTable, HasAllFiguresGroupedAndTheVerdictLast) {
  const std::string table = WriteTable(ExampleReport());
  EXPECT_EQ(table, R"(20 rooms x 10 people
  target                  stellwerk ws://127.0.0.1:8080/signal (stellwerk 0.5.0)
  ran for                 1:04, started 2024-05-01T12:00:00Z

Join                                         p50       p95       p99
  join                                    200 ms    292 ms    300 ms
  signalling                               20 ms     31 ms     40 ms
  ICE                                       5 ms      9 ms     14 ms
  DTLS                                     30 ms     48 ms     77 ms
  first packet                             12 ms     30 ms     51 ms
  first decodable frame                   130 ms    170 ms    199 ms
  failed joins                       0
  reconnect               n/a: not measured

Network                                      p50       p95       p99     p99.9
  packets sent               1,204,551
  packets received        n/a: not measured
  send rate               n/a: not measured
  receive rate              241 Mbit/s
  loss before repair      n/a: not measured
  loss                         0.041 %
  duplicates              n/a: not measured
  reordered               n/a: not measured
  jitter                  n/a: not measured
  one-way transit                       0.594 ms             4.23 ms   4.36 ms
  sent from history       n/a: not measured

Picture                                      p50       p95
  undecodable frames      n/a: not measured
  freezes                            3
  frozen                  n/a: not measured
  freezes per minute      n/a: not measured
  expected layer shown    n/a: not measured
  height shown                              360p
  layer switch            n/a: the layout never changed
  frame latency           n/a: not measured
  keyframe requests       n/a: not measured

Estimate                  n/a: not measured

Server                    n/a: the server's pid was not given (--server-pid)

Generator                                    p99
  CPU                       0.62 cores
  send lag                n/a: not measured
  socket drops            n/a: not measured

Run
  participants                     200
  participants at once    n/a: not measured
  errors                  n/a: not measured

Problems
  room-3/p-7: slot 2: picture id went back from 12 to 11

Expectations
  join_p95<300ms          met     292 ms
  loss<0.01%              FAILED  0.041 %
  server_cpu<1.5          FAILED  n/a: the server's pid was not given (--server-pid)

VALID, FAILED: 2 of 3 expectations not met
)");
}

TEST(ReportTable, OfAnInvalidRunSaysWhyAndNothingElseAtTheEnd) {
  Report report = ExampleReport();
  report.invalid = {"the generator was saturated: 0.98 of 1 core"};
  const std::string table = WriteTable(report);
  EXPECT_THAT(table, HasSubstr("Nothing is to be concluded from this run\n  the generator was "));
  EXPECT_THAT(table, EndsWith("\nINVALID: see above\n"));
}

TEST(ReportTable, TellsTheStepsOfARamp) {
  Report report;
  report.ramp = {{.participants = 100},
                 {.participants = 200, .passed = false, .why = "join_p95<300ms: 412 ms"},
                 {.participants = 400, .valid = false, .why = "the generator was saturated"}};
  report.ramp_limit = 100;
  EXPECT_THAT(WriteTable(report),
              HasSubstr("Ramp\n"
                        "  100 participants        passed\n"
                        "  200 participants        FAILED  join_p95<300ms: 412 ms\n"
                        "  400 participants        INVALID  the generator was saturated\n"
                        "  limit                   100 participants\n"));
  report.ramp_limit.reset();
  EXPECT_THAT(WriteTable(report), HasSubstr("limit                   none"));
}

TEST(ReportTable, LetsNoServerSpeakToTheTerminal) {
  Report report;
  report.software = "Evil\x1b[2J\xC2\x9B 1.0\r\n";
  report.problems = {
      "\x07"
      "bell"};
  const std::string table = WriteTable(report, {.colour = false});
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
  EXPECT_THAT(table, Not(HasSubstr("\x07")));
  EXPECT_THAT(table, Not(HasSubstr("\xC2\x9B")));
  EXPECT_THAT(WriteTable(report, {.colour = true}), HasSubstr("\x1b[1;32mVALID\x1b[0m"));
}

TEST(TextColumns, CountCharactersNotBytes) {
  EXPECT_EQ(ColumnsOf("M\xC3\xBCller"), 6U);
  EXPECT_EQ(PadLeft("\xC3\xBC", 3), "  \xC3\xBC");
  EXPECT_EQ(Shorten("M\xC3\xBCller und S\xC3\xB6hne", 9), "M\xC3\xBCller...");
  EXPECT_EQ(Shorten("short", 5), "short");
  EXPECT_EQ(Shorten("longer", 2), "..");
}

TEST(ReportCsv, HasALinePerFigure) {
  Report report = ExampleReport();
  report.SetNotAvailable("errors", "\"none\", so to say");
  const std::string csv = WriteCsv(report);
  EXPECT_THAT(csv, HasSubstr("key,label,percentile,group,unit,value,reason\njoin_p50,join,p50,"));
  EXPECT_THAT(csv, HasSubstr("\nloss,loss,,network,1,0.00041,\n"));
  EXPECT_THAT(csv, HasSubstr("\nreceive_rate,receive rate,,network,bit/s,2.41e+08,\n"));
  EXPECT_THAT(csv, EndsWith("\nerrors,errors,,run,1,,\"\"\"none\"\", so to say\"\n"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'),
            static_cast<std::ptrdiff_t>(FigureKinds().size()) + 1);
}

TEST(ReportJson, ReadsBackAsItWasWritten) {
  Report report = ExampleReport();
  report.invalid = {"for a test"};
  report.interrupted = true;
  report.ramp = {{.participants = 100}, {.participants = 200, .passed = false, .why = "too slow"}};
  report.ramp_limit = 100;
  const std::string json = WriteJson(report);
  const auto read = ReadJson(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(WriteJson(*read), json);
  EXPECT_EQ(WriteTable(*read), WriteTable(report));
  EXPECT_EQ(read->scenario_yaml, report.scenario_yaml);
  ASSERT_EQ(read->timeline.size(), 64U);
  EXPECT_EQ(read->timeline[0].loss, std::nullopt);
  EXPECT_EQ(read->timeline[63].loss, 0.001);
  ASSERT_EQ(read->transit_by_packets.size(), 1U);
  EXPECT_EQ(read->transit_by_packets[0].packets, 4);
  EXPECT_EQ(read->transit_by_packets[0].count, 5000);
  EXPECT_EQ(read->transit_by_packets[0].points.size(), read->curves[1].points.size());
  ASSERT_EQ(read->curves.size(), 2U);
  EXPECT_EQ(read->curves[1].points.size(), report.curves[1].points.size());
  EXPECT_EQ(read->expectations[0].expectation.limit, 300);
}

TEST(ReportJson, SurvivesWhatIsNoUtf8AndNoNumber) {
  Report report;
  report.software = "caf\xE9";
  report.timeline.push_back({.send_rate = std::numeric_limits<double>::infinity()});
  const auto read = ReadJson(WriteJson(report));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->software, "caf\xEF\xBF\xBD");
  EXPECT_EQ(read->timeline.front().send_rate, 0);
}

TEST(ReportJson, SaysWhatIsWrongWithAFile) {
  const auto error = [](std::string_view text) {
    const auto read = ReadJson(text);
    return read.ok() ? "" : std::string(read.status().message());
  };
  const auto report = [&error](const std::string& members) {
    return error(R"({"format": "stellwerk-load report", "version": 1, "values": {)" + members);
  };
  EXPECT_EQ(report("}}"), "");
  EXPECT_EQ(report(R"("unheard_of": {"value": 1}}})"), "");
  EXPECT_EQ(error("{"), "not JSON");
  EXPECT_EQ(error("[]"), "not a report of stellwerk-load");
  EXPECT_EQ(error("{}"), "not a report of stellwerk-load");
  EXPECT_EQ(error(R"({"format": "stellwerk-load report", "version": 2})"),
            "a report of version 2; known is up to 1");
  EXPECT_EQ(error(R"({"format": "stellwerk-load report", "version": 1})"), "values: missing");
  EXPECT_EQ(report(R"("loss": {"value": "low"}}})"), "values.loss.value: not a number");
  EXPECT_EQ(report(R"("loss": 3}})"), "values.loss: not an object");
  EXPECT_EQ(report(R"(}, "participants": 1.5})"), "participants: not a whole number of things");
  EXPECT_EQ(report(R"(}, "timeline": [{}, {"loss": []}]})"), "timeline[1].loss: not a number");
  EXPECT_EQ(report(R"(}, "curves": [{"points": [[1]]}]})"), "curves[0].points[0]: not a pair");
  EXPECT_EQ(report(R"(}, "expectations": [{"text": "a<1"}]})"),
            "expectations[0].text: no expectation");
  EXPECT_EQ(report(R"(}, "problems": {}})"), "problems: not a list");
}

}  // namespace
}  // namespace stellwerk::load
