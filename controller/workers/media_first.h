#pragma once

namespace stellwerk {

// Has the system never interrupt another thread for the calling one (SCHED_BATCH, sched(7)). Each
// word of a worker wakes the controller, which would else often run at once, in the place of just
// that worker, for as long as it takes to let somebody join. Its share of the processor stays the
// same. Does nothing, and says false, if somebody chose another policy for this process.
bool LetMediaRunFirst();

// As long as it lives the calling thread is scheduled as usual again, so that what it starts is:
// processes inherit the policy.
class StartsMedia {
 public:
  StartsMedia();
  ~StartsMedia();
  StartsMedia(const StartsMedia&) = delete;
  StartsMedia& operator=(const StartsMedia&) = delete;

 private:
  bool is_last_;
};

}  // namespace stellwerk
