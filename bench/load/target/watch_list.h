#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stellwerk::load {

// Who is in a room and publishes, and which of it one has subscribed to: for servers where one
// subscribes to each track. At most so many of each kind, in the order of coming.
class WatchList {
 public:
  struct Track {
    std::string id;  // unique in its feed
    bool video = false;
  };
  struct Choice {
    std::string feed;
    std::string identity;
    Track track;
  };

  WatchList(int audio, int video) : audio_(audio), video_(video) {}

  // A feed with all that it sends now; tracks that it has no more are forgotten.
  void SetFeed(std::string_view feed, std::string_view identity, const std::vector<Track>& tracks);
  void RemoveFeed(std::string_view feed);
  // What is to be subscribed to now, and counts as such from here on.
  std::vector<Choice> TakeWanted();
  [[nodiscard]] const std::vector<Choice>& chosen() const { return chosen_; }
  // There is nobody to watch.
  [[nodiscard]] bool empty() const { return offered_.empty(); }
  // One has come to watch.
  [[nodiscard]] bool wants_any() const { return audio_ > 0 || video_ > 0; }

 private:
  int audio_;
  int video_;
  std::vector<Choice> offered_;  // not chosen yet
  std::vector<Choice> chosen_;
};

}  // namespace stellwerk::load
