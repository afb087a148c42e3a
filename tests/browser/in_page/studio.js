/* global SCRAMBLE_WORKER */
import { Conference, signalingUrl } from '../../../controller/web/src/client/index.ts';
import { Clapper } from './clapper.js';
import { FrameLog } from './frame_log.js';
import { Scene, hueOf } from './scene.js';
import { SkewMeter } from './skew_meter.js';
import { StallWatch } from './stall_watch.js';

const FRAMES_PER_SECOND = 15;

let conference;
let scene;
let meter;
let answeredAt = null;

// When the answer came: the client library keeps its connection to itself.
const setRemoteDescription = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (...parameters) {
  answeredAt ??= performance.now();
  return setRemoteDescription.apply(this, parameters);
};

const stalls = new StallWatch();
const videos = new Map();
const warnings = [];

function transformOf(kind, how, worker) {
  if (!how || kind === 'audio') return undefined;
  return new RTCRtpScriptTransform(worker, { how });
}

/** One <video> per slot that shows somebody. */
function show(slots) {
  for (const slot of slots) {
    if (slot.kind !== 'video' || slot.identity === null || videos.has(slot.mid)) continue;
    const video = document.createElement('video');
    video.muted = video.autoplay = video.playsInline = true;
    video.width = 480;
    video.srcObject = new MediaStream([slot.media]);
    document.body.append(video);
    videos.set(slot.mid, { video, log: new FrameLog(video) });
  }
}

async function received() {
  const streams = [];
  for (const report of ((await conference.stats()) ?? new Map()).values()) {
    if (report.type === 'inbound-rtp' && report.kind === 'video') streams.push(report);
  }
  return streams;
}

globalThis.__studio = {
  warnings,

  /** `camera`: VideoOptions of the library, or null; `scrambled`: see scramble.js. */
  async enter({ room, name, camera, size, hue, microphone, claps, scrambled, encrypted }) {
    const worker =
      scrambled && new Worker(URL.createObjectURL(new Blob([SCRAMBLE_WORKER])));
    conference = new Conference({
      url: signalingUrl(location),
      room,
      name,
      storage: null,
      ...(camera && { camera }),
      ...(encrypted && { endToEndEncrypted: true }),
      onSender: (sender, source) => {
        const transform = transformOf(source === 'microphone' ? 'audio' : 'video', scrambled, worker);
        if (transform) sender.transform = transform;
      },
      onReceiver: (receiver, kind) => {
        const transform = transformOf(kind, scrambled, worker);
        if (transform) receiver.transform = transform;
      },
    });
    conference.on('warning', (error) => warnings.push(error.message));
    conference.on('slots', show);
    if (camera) {
      scene = new Scene({ ...size, hue, framesPerSecond: claps ? 30 : FRAMES_PER_SECOND });
      await conference.publish('camera', scene.track);
    }
    if (microphone) {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      await conference.publish('microphone', stream.getAudioTracks()[0]);
    }
    if (claps) await conference.publish('microphone', new Clapper(scene, claps).track);
    conference.join();
  },

  /** Listens to all voices and watches all pictures that there are now. */
  async meterSkew() {
    meter = new SkewMeter();
    await meter.start();
    for (const { kind, mid, media } of conference.slots) if (kind === 'audio') meter.listen(mid, media);
    for (const [mid, { video }] of videos) meter.watch(mid, video);
  },
  skews: (where) => meter.skews(where),

  leave: () => conference.leave(),

  async firstFrameAfterAnswer(mid) {
    const frame = await videos.get(mid).log.first(5000);
    return frame && frame.time - answeredAt;
  },

  phase: () => conference?.state.phase,
  participants: () => conference.participants,
  slots: () => conference.slots.map(({ mid, kind, identity, status }) => ({ mid, kind, identity, status })),
  view: (slots) => conference.view(slots),
  quality: () => conference.serverQuality(),

  /** What is being sent, an entry for each encoding. */
  async sent() {
    const reports = await conference.stats();
    return [...reports.values()]
      .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
      .map((report) => ({
        rid: report.rid ?? '',
        codec: reports.get(report.codecId)?.mimeType,
        mode: report.scalabilityMode ?? null,
        height: report.frameHeight ?? 0,
        frames: report.framesEncoded ?? 0,
        bytes: report.bytesSent,
        keyframes: report.keyFramesEncoded ?? 0,
        plis: report.pliCount ?? 0,
        active: report.active ?? null,
        limit: report.qualityLimitationReason ?? null,
      }));
  },

  /** The counters of one slot's stream. */
  async counters(mid) {
    const report = (await received()).find((one) => one.mid === mid);
    const fields = ['frameHeight', 'framesDecoded', 'keyFramesDecoded', 'framesDropped', 'freezeCount',
      'totalFreezesDuration', 'pliCount', 'firCount', 'nackCount', 'packetsLost', 'bytesReceived',
      'framesPerSecond'];
    return report && Object.fromEntries(fields.map((field) => [field, report[field] ?? 0]));
  },

  hue: (mid) => (videos.has(mid) ? hueOf(videos.get(mid).video) : null),
  frames: (mid, since = 0) => videos.get(mid)?.log.since(since) ?? [],
  now: () => performance.now(),
  longestStall: () => stalls.take(),

  /** Asks for a layer; resolves when a frame of `height` is shown, with how long that took. */
  async switchTo({ mid, layer, height, timeout }) {
    const asked = performance.now();
    await conference.view([{ mid, layer }]);
    const frame = await videos.get(mid).log.waitFor((one) => one.height === height, asked, timeout);
    return frame ? { asked, milliseconds: frame.time - asked } : { asked, milliseconds: null };
  },

  connection: () => conference.stats(),
};
