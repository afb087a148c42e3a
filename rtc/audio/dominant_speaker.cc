#include "rtc/audio/dominant_speaker.h"

#include <array>
#include <cmath>

namespace stellwerk {
namespace {

// The names are the paper's. Each interval's score is the log-likelihood ratio of speech to silence
// given that `active` of its `n` parts are active: binomial with probability p if there is speech,
// exponential with parameter lambda if not.
constexpr double kSpeechProbability = 0.5;
constexpr double kLambda1 = 0.78;
constexpr double kLambda2 = 24;
constexpr double kLambda3 = 47;
constexpr double kLeastScore = 1e-10;
// By how much a challenger's scores must exceed those of who has the floor, as logarithms of their
// ratio.
constexpr double kC1 = 3;
constexpr double kC2 = 2;
constexpr double kC3 = 0;
// While who has the floor still speaks, with gaps between words only, the challenger must have
// spoken twice as much in the last second: a crossfire does not pass the floor at every word.
constexpr double kC3WhileSpeaking = 0.7;

double Score(int active, int n, double lambda) {
  const double combinations =
      std::lgamma(n + 1) - std::lgamma(active + 1) - std::lgamma(n - active + 1);
  const double score = combinations + active * std::log(kSpeechProbability) +
                       (n - active) * std::log(1 - kSpeechProbability) - std::log(lambda) +
                       lambda * active;
  return std::max(score, kLeastScore);
}

template <int n>
struct LogScores {
  explicit LogScores(double lambda) {
    for (int active = 0; active <= n; ++active) of[active] = std::log(Score(active, n, lambda));
  }
  std::array<double, n + 1> of{};
};

struct Scores {
  explicit Scores(const Activity& activity) {
    static const LogScores<Activity::kImmediateSteps> kImmediate(kLambda1);
    static const LogScores<Activity::kMediumFrames> kMedium(kLambda2);
    static const LogScores<Activity::kBlocks> kLong(kLambda3);
    immediate = kImmediate.of[activity.immediate];
    medium = kMedium.of[activity.medium];
    sustained = kLong.of[activity.sustained];
  }
  [[nodiscard]] bool Takes(const Scores& floor, double c3) const {
    return immediate - floor.immediate > kC1 && medium - floor.medium > kC2 &&
           sustained - floor.sustained > c3;
  }
  double immediate = 0;
  double medium = 0;
  double sustained = 0;
};

}  // namespace

bool DominantSpeaker::Update(Timestamp now, const AudioLevelObserver& levels) {
  const std::optional<ProducerId> before = current_;
  const SpeechActivity* floor = current_ ? levels.Find(*current_) : nullptr;
  if (floor == nullptr) current_.reset();
  // Without one who has the floor, anybody who speaks takes it.
  const Scores held(floor != nullptr ? floor->At(now) : Activity());

  const double c3 = floor != nullptr && floor->IsSpeaking(now) ? kC3WhileSpeaking : kC3;
  std::optional<ProducerId> successor;
  Activity best;
  levels.ForEach([&](ProducerId producer, const SpeechActivity& speech) {
    if (producer == current_ || !speech.IsSpeaking(now)) return;
    const Activity activity = speech.At(now);
    if (!activity.IsTalk() || !Scores(activity).Takes(held, c3)) return;
    // By id among equals, so that the result does not depend on the order of a hash table.
    const bool better = !successor || activity.sustained > best.sustained ||
                        (activity.sustained == best.sustained &&
                         (activity.energy > best.energy ||
                          (activity.energy == best.energy && producer < *successor)));
    if (!better) return;
    successor = producer;
    best = activity;
  });
  if (successor) current_ = successor;
  return current_ != before;
}

}  // namespace stellwerk
