const LENGTH_S = 0.15;

/** A clapperboard: once a second the scene flashes white and a tone begins at the same moment. */
export class Clapper {
  constructor(scene, { offset }) {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const tone = new OscillatorNode(context, { frequency: 880 });
    const volume = new GainNode(context, { gain: 0 });
    tone.connect(volume).connect(destination);
    tone.start();
    [this.track] = destination.stream.getAudioTracks();
    const clap = () => {
      volume.gain.setValueAtTime(0.8, context.currentTime);
      volume.gain.setValueAtTime(0, context.currentTime + LENGTH_S);
      scene.flash(LENGTH_S * 1000);
    };
    setTimeout(() => setInterval(clap, 1000), offset);
  }
}
