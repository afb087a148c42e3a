/**
 * A camera that films a test card: its background says who it is, a bar runs along so that every
 * frame differs, and noise gives the encoder something to do.
 */
export class Scene {
  constructor({ width, height, framesPerSecond, hue }) {
    this.canvas = document.createElement('canvas');
    this.canvas.width = width;
    this.canvas.height = height;
    this.hue = hue;
    this.context = this.canvas.getContext('2d');
    this.noise = this.#makeNoise();
    this.frames = 0;
    this.paint();
    const stream = this.canvas.captureStream(framesPerSecond);
    [this.track] = stream.getVideoTracks();
    this.timer = setInterval(() => this.paint(), 1000 / framesPerSecond);
  }

  #makeNoise() {
    const tile = document.createElement('canvas');
    tile.width = tile.height = 128;
    const context = tile.getContext('2d');
    const pixels = context.createImageData(128, 128);
    for (let i = 0; i < pixels.data.length; i += 4) {
      const grey = (i * 2654435761) >>> 24;
      pixels.data.set([grey, grey, grey, 40], i);
    }
    context.putImageData(pixels, 0, 0);
    return tile;
  }

  /** The upper half is white for so long, from now on. */
  flash(milliseconds) {
    this.flashing = true;
    this.paint();
    setTimeout(() => {
      this.flashing = false;
      this.paint();
    }, milliseconds);
  }

  paint() {
    const { context, canvas } = this;
    const { width, height } = canvas;
    this.frames += 1;
    context.fillStyle = `hsl(${this.hue} 90% 45%)`;
    context.fillRect(0, 0, width, height);
    if (this.flashing) {
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height / 2);  // of one colour, so that no large frame is made
    }
    // The upper half is left plain, to tell the colour by; the patch below it costs about as many
    // bits as a person before a camera.
    context.save();
    context.beginPath();
    context.rect(width / 8, height / 2, width / 3, height / 3);
    context.clip();
    context.translate((this.frames * 7) % 128, (this.frames * 3) % 128);
    context.fillStyle = context.createPattern(this.noise, 'repeat');
    context.fillRect(-128, 0, width + 256, height);
    context.restore();
    context.fillStyle = '#fff';
    context.fillRect((this.frames * width) / 60 % width, height * 0.75, width / 20, height / 5);
  }
}

/** The hue of what a video element shows, from its plain upper part; null without a picture. */
export function hueOf(video) {
  if (video.videoWidth === 0) return null;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 8;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0, video.videoWidth, video.videoHeight / 3, 0, 0, 8, 8);
  const [r, g, b] = context.getImageData(4, 4, 1, 1).data.map((value) => value);
  const max = Math.max(r, g, b);
  const range = max - Math.min(r, g, b);
  if (range < 40) return null;  // grey: no colour at all
  const sector =
    max === r ? ((g - b) / range + 6) % 6 : max === g ? (b - r) / range + 2 : (r - g) / range + 4;
  return Math.round(sector * 60);
}
