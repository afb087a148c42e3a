const LISTENER = `
  // Tells when a tone begins after at least 100 ms of silence.
  registerProcessor('listener', class extends AudioWorkletProcessor {
    silence = 0;
    process([[samples]]) {
      if (!samples) return true;
      for (let i = 0; i < samples.length; ++i) {
        if (Math.abs(samples[i]) < 0.05) {
          this.silence += 1;
        } else {
          if (this.silence > sampleRate / 10) this.port.postMessage(currentTime + i / sampleRate);
          this.silence = 0;
        }
      }
      return true;
    }
  });`;

/** When tones begin in audio slots and flashes in video slots, on one clock. */
export class SkewMeter {
  #context = new AudioContext();
  #tones = new Map();
  #flashes = new Map();

  async start() {
    const module = new Blob([LISTENER], { type: 'text/javascript' });
    await this.#context.audioWorklet.addModule(URL.createObjectURL(module));
  }

  listen(mid, track) {
    const stream = new MediaStream([track]);
    // Chromium feeds WebAudio from a received track only while an element plays it.
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    void element.play();
    const tones = [];
    const listener = new AudioWorkletNode(this.#context, 'listener');
    listener.port.onmessage = ({ data }) => {
      tones.push(performance.now() - (this.#context.currentTime - data) * 1000);
    };
    this.#context.createMediaStreamSource(stream).connect(listener).connect(this.#context.destination);
    this.#tones.set(mid, tones);
  }

  watch(mid, video) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 4;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const flashes = [];
    let white = false;
    const look = (now) => {
      context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 3, 0, 0, 4, 4);
      const [r, g, b] = context.getImageData(2, 2, 1, 1).data;
      const is = Math.min(r, g, b) > 200;
      if (is && !white) flashes.push(now);
      white = is;
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
    this.#flashes.set(mid, flashes);
  }

  /**
   * Tone minus flash, in ms, of each clap that was seen in `mid` since `since`: positive, the sound is
   * late. A voice may come by any slot; claps of different people are half a second apart.
   */
  skews({ mid, since }) {
    const tones = [...this.#tones.values()].flat();
    return (this.#flashes.get(mid) ?? [])
      .filter((flash) => flash >= since)
      .flatMap((flash) => {
        const nearest = tones.reduce(
          (best, tone) => (Math.abs(tone - flash) < Math.abs(best - flash) ? tone : best),
          Infinity,
        );
        return Math.abs(nearest - flash) < 250 ? [nearest - flash] : [];
      });
  }
}
