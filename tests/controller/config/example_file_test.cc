#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "controller/config/config_file.h"
#include "controller/config/config_keys.h"

namespace stellwerk {
namespace {

std::string ExampleText() {
  std::ifstream file(STELLWERK_SOURCE_DIR "/stellwerk.example.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ExampleFile, IsValid) {
  Config config;
  const auto error = ReadConfigText(ExampleText(), "stellwerk.example.yaml", config);
  EXPECT_FALSE(error) << *error;
}

TEST(ExampleFile, DocumentsEveryKeyWithAComment) {
  // Follows the indentation: a key counts when it stands in its section and a comment stands above
  // it, or above the key directly before it.
  std::istringstream lines(ExampleText());
  std::vector<std::string> documented;
  std::string section;
  bool commented = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) {
      commented = false;
      continue;
    }
    if (line[indent] == '#') {
      commented = true;
      continue;
    }
    const std::string name = line.substr(indent, line.find(':') - indent);
    if (indent == 0) section = name + ".";
    if (commented) documented.push_back(indent == 0 ? name : section + name);
  }
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_THAT(documented, ::testing::Contains(key.path)) << "no comment, or not in the example";
  }
}

TEST(ExampleFile, ShowsTheDefaults) {
  Config example;
  ASSERT_FALSE(ReadConfigText(ExampleText(), "example", example));
  const Config built_in;
  EXPECT_EQ(example.http.listen, built_in.http.listen);
  EXPECT_EQ(example.http.max_connections, built_in.http.max_connections);
  EXPECT_EQ(example.rtc.port, built_in.rtc.port);
  EXPECT_EQ(example.workers.count, built_in.workers.count);
  EXPECT_EQ(example.signaling.grace, built_in.signaling.grace);
  EXPECT_EQ(example.limits.rooms, built_in.limits.rooms);
  EXPECT_EQ(example.limits.participants_per_room, built_in.limits.participants_per_room);
  EXPECT_EQ(example.limits.audio_slots, built_in.limits.audio_slots);
  EXPECT_EQ(example.limits.video_slots, built_in.limits.video_slots);
  EXPECT_EQ(example.media.audio_codecs, built_in.media.audio_codecs);
  EXPECT_EQ(example.media.video_codecs, built_in.media.video_codecs);
  EXPECT_EQ(example.drain_timeout, built_in.drain_timeout);
  EXPECT_TRUE(example.auth.room_token.Reveal().empty());
}

}  // namespace
}  // namespace stellwerk
