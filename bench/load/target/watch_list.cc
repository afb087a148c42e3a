#include "bench/load/target/watch_list.h"

#include <algorithm>

namespace stellwerk::load {

void WatchList::SetFeed(std::string_view feed, std::string_view identity,
                        const std::vector<Track>& tracks) {
  const auto is_gone = [&](const Choice& choice) {
    return choice.feed == feed &&
           std::none_of(tracks.begin(), tracks.end(),
                        [&](const Track& track) { return track.id == choice.track.id; });
  };
  std::erase_if(offered_, is_gone);
  std::erase_if(chosen_, is_gone);
  for (const Track& track : tracks) {
    const auto is_this = [&](const Choice& choice) {
      return choice.feed == feed && choice.track.id == track.id;
    };
    if (std::any_of(offered_.begin(), offered_.end(), is_this) ||
        std::any_of(chosen_.begin(), chosen_.end(), is_this)) {
      continue;
    }
    offered_.push_back({std::string(feed), std::string(identity), track});
  }
}

void WatchList::RemoveFeed(std::string_view feed) { SetFeed(feed, {}, {}); }

std::vector<WatchList::Choice> WatchList::TakeWanted() {
  const auto count = [this](bool video) {
    return static_cast<int>(std::count_if(chosen_.begin(), chosen_.end(),
                                          [&](const Choice& c) { return c.track.video == video; }));
  };
  int audio = audio_ - count(false);
  int video = video_ - count(true);
  std::vector<Choice> wanted;
  std::erase_if(offered_, [&](const Choice& choice) {
    int& room = choice.track.video ? video : audio;
    if (room <= 0) return false;
    --room;
    wanted.push_back(choice);
    return true;
  });
  chosen_.insert(chosen_.end(), wanted.begin(), wanted.end());
  return wanted;
}

}  // namespace stellwerk::load
