// What needs no server: URLs, kinds, and what is wrong with them.
#include "bench/load/target/target.h"

#include "bench/load/target/target_base.h"
#include "bench/load/target/url_template.h"
#include "tests/bench/load/target/calls.h"

namespace stellwerk::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Opening : public Calls {
 protected:
  // The kind that follows from the URL.
  std::string KindOf(const std::string& url) {
    auto target = OpenTarget({.url = url, .token = "t"}, *swarm_, *web_);
    return target.ok() ? std::string(ToString((*target)->kind())) : "none";
  }
};

TEST_F(Opening, KnowsTheKindByTheUrl) {
  EXPECT_EQ(KindOf("ws://127.0.0.1:9/signal"), "stellwerk");
  EXPECT_EQ(KindOf("wss://sfu.example/signal"), "stellwerk");
  EXPECT_EQ(KindOf("http://127.0.0.1:9"), "whip");
  EXPECT_EQ(KindOf("https://sfu.example/{room}/whip"), "whip");
}

TEST_F(Opening, SaysWhatIsWrongInOneLine) {
  EXPECT_EQ(ErrorOf({.url = "tea"}),
            "tea: not a URL that begins with ws://, wss://, http:// or https://");
  EXPECT_THAT(ErrorOf({.url = "ws://sfu.example/x"}), HasSubstr("which kind of server"));
  EXPECT_THAT(ErrorOf({.kind = TargetKind::kWhip, .url = "ws://sfu.example/x"}),
              HasSubstr("WHIP needs a URL with http://"));
  EXPECT_THAT(ErrorOf({.kind = TargetKind::kJanus, .url = "http://sfu.example/x"}),
              HasSubstr("needs a URL with ws://"));
}

TEST(UrlTemplate, PutsNamesIn) {
  EXPECT_EQ(FillUrl("http://a/{room}/x/{participant}?of={publisher}",
                    {.room = "tea room", .participant = "ada", .publisher = "a/b"}),
            "http://a/tea%20room/x/ada?of=a%2Fb");
  EXPECT_EQ(FillUrl("http://a/{room}{other}", {.room = "{publisher}", .publisher = "p"}),
            "http://a/%7Bpublisher%7D{other}");
}

TEST(UrlTemplate, MakesTheViewersFromThePublishers) {
  EXPECT_EQ(WhepTemplateOf("http://whip.example:80/whip/{room}/{participant}"),
            "http://whip.example:80/whep/{room}/{publisher}");
  EXPECT_EQ(WhepTemplateOf("http://a/{room}-{participant}/whip"),
            "http://a/{room}-{publisher}/whep");
  EXPECT_EQ(WhepTemplateOf("http://a"), "http://a");
}

TEST(OneLine, BoundsWhatAServerSays) {
  EXPECT_EQ(OneLine("<h1>\r\n  no \t such</h1>\n"), "<h1> no such</h1>");
  EXPECT_EQ(OneLine(std::string(1000, 'x')).size(), 203U);
}

}  // namespace
}  // namespace stellwerk::load
