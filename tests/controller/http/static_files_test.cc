#include "controller/http/static_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "controller/http/tls_identity.h"

namespace stellwerk {
namespace {

class StaticFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "static_files_XXXXXX";
    folder_ = mkdtemp(name.data());
    std::filesystem::create_directories(folder_ + "/root/assets");
    Write("root/index.html", "<!doctype html>");
    Write("root/assets/app.js", "let a;");
    Write("root/.hidden", "h");
    Write("secret.txt", "s");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }
  HttpResponse Get(const std::string& path, const std::string& etag = "") const {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.if_none_match = etag;
    return StaticFiles(folder_ + "/root").Serve(request);
  }
  std::string folder_;
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypes) {
  EXPECT_EQ(Get("/").body, "<!doctype html>");
  EXPECT_EQ(Get("/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(Get("/assets/app.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(Get("/r/tea").body, "<!doctype html>");
  EXPECT_EQ(Get("/nothing").status, 404);
  EXPECT_EQ(Get("/assets").status, 404);
}

TEST_F(StaticFilesTest, NothingOutsideTheFolderIsServed) {
  EXPECT_EQ(Get("/../secret.txt").status, 404);
  EXPECT_EQ(Get("/assets/../../secret.txt").status, 404);
  EXPECT_EQ(Get("//etc/passwd").status, 404);
  EXPECT_EQ(Get("/.hidden").status, 404);
  EXPECT_EQ(Get(std::string("/index.html\0.js", 15)).status, 404);
}

TEST_F(StaticFilesTest, UnchangedFileIsNotSentAgain) {
  const HttpResponse first = Get("/");
  ASSERT_EQ(first.headers.back().first, "etag");
  const HttpResponse again = Get("/", first.headers.back().second);
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
}

TEST_F(StaticFilesTest, OnlyReadingIsPossible) {
  HttpRequest request;
  request.method = "POST";
  request.path = "/";
  EXPECT_EQ(StaticFiles(folder_ + "/root").Serve(request).status, 405);
}

TEST_F(StaticFilesTest, CertificateFilesAreChecked) {
  const auto good = MakeSelfSignedIdentity({"127.0.0.1"});
  const auto other = MakeSelfSignedIdentity({});
  ASSERT_TRUE(good.ok() && other.ok());
  Write("cert.pem", good->certificate);
  Write("key.pem", good->key);
  Write("other.pem", other->key);
  EXPECT_TRUE(LoadTlsIdentity(folder_ + "/cert.pem", folder_ + "/key.pem").ok());
  EXPECT_FALSE(LoadTlsIdentity(folder_ + "/cert.pem", folder_ + "/other.pem").ok());
  EXPECT_FALSE(LoadTlsIdentity(folder_ + "/none.pem", folder_ + "/key.pem").ok());
  EXPECT_FALSE(LoadTlsIdentity(folder_ + "/secret.txt", folder_ + "/key.pem").ok());
}

TEST(SplitPath, KeepsEmptyParts) {
  EXPECT_EQ(SplitPath("/whip/tea/bob"), (std::vector<std::string_view>{"whip", "tea", "bob"}));
  EXPECT_EQ(SplitPath("/"), (std::vector<std::string_view>{""}));
  EXPECT_EQ(SplitPath("/a/"), (std::vector<std::string_view>{"a", ""}));
}

TEST(AllowedOrigin, OwnHostNoBrowserAndTheList) {
  EXPECT_TRUE(IsAllowedOrigin("", "h", {}));
  EXPECT_TRUE(IsAllowedOrigin("https://h:8443", "h:8443", {}));
  EXPECT_FALSE(IsAllowedOrigin("https://h", "h:8443", {}));
  EXPECT_FALSE(IsAllowedOrigin("null", "h", {}));
  EXPECT_TRUE(IsAllowedOrigin("https://a.example", "h", {"https://a.example"}));
  EXPECT_TRUE(IsAllowedOrigin("https://a.example", "h", {"*"}));
}

}  // namespace
}  // namespace stellwerk
