/**
 * Runs in every page before its own scripts, as text: keeps the connections the page makes, so that
 * their statistics can be read, and makes the camera small enough for several browsers on two cores.
 */
function observe(camera) {
  const connections = [];
  const violations = [];
  let answeredAt = null;
  let firstFramesAt = [];

  const Native = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Native {
    constructor(...parameters) {
      super(...parameters);
      connections.push(this);
      answeredAt = null;
      firstFramesAt = [];
    }
    async setRemoteDescription(description) {
      await super.setRemoteDescription(description);
      if (answeredAt !== null) return;
      answeredAt = performance.now();
      watchFirstFrames(this);
    }
  };

  // Counts each receiver from the first decoded frame, at the resolution of the statistics (50 ms).
  function watchFirstFrames(connection) {
    const seen = new Set();
    const timer = setInterval(async () => {
      if (connection.connectionState === 'closed') return clearInterval(timer);
      const now = performance.now();
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp' || report.kind !== 'video') continue;
        if (report.framesDecoded > 0 && !seen.has(report.id)) {
          seen.add(report.id);
          firstFramesAt.push(now - answeredAt);
        }
      }
      return undefined;
    }, 50);
    setTimeout(() => clearInterval(timer), 10_000);
  }

  const devices = navigator.mediaDevices;
  if (devices) {
    const native = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (constraints) =>
      native({
        ...constraints,
        ...(constraints.video && {
          video: { ...camera, frameRate: 15 },
        }),
      });
  }

  const sockets = new Set();
  const NativeSocket = globalThis.WebSocket;
  globalThis.WebSocket = class extends NativeSocket {
    constructor(...parameters) {
      super(...parameters);
      sockets.add(this);
      this.addEventListener('close', () => sockets.delete(this));
    }
  };

  document.addEventListener('securitypolicyviolation', (event) =>
    violations.push(`${event.violatedDirective} ${event.blockedURI}`),
  );

  globalThis.__probe = {
    violations,
    /** What a page sees of a broken network: its sockets close without a word. */
    cutSockets() {
      for (const socket of sockets) socket.close();
    },
    connections: () => connections.length,
    state: () => connections.at(-1)?.connectionState ?? 'none',
    ufrag: () => /a=ice-ufrag:(\S+)/.exec(connections.at(-1)?.localDescription?.sdp)?.[1],
    firstFrames: () => [...firstFramesAt],
    /** Received streams of the present connection, by m-line. */
    async inbound() {
      const connection = connections.at(-1);
      if (!connection) return [];
      const streams = [];
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue;
        streams.push({
          kind: report.kind,
          mid: report.mid,
          framesDecoded: report.framesDecoded ?? 0,
          frameHeight: report.frameHeight ?? 0,
          packetsReceived: report.packetsReceived,
          packetsLost: report.packetsLost,
          freezeCount: report.freezeCount ?? 0,
          energy: report.totalAudioEnergy ?? 0,
        });
      }
      return streams;
    },
    async outbound() {
      const connection = connections.at(-1);
      if (!connection) return [];
      const reports = [...(await connection.getStats()).values()];
      return reports
        .filter(({ type, kind }) => type === 'outbound-rtp' && kind === 'video')
        .map(({ rid, framesEncoded, bytesSent }) => ({ rid, framesEncoded, bytesSent }));
    },
    /** The pair in use: 'udp' or 'tcp'. */
    async protocol() {
      const reports = await connections.at(-1).getStats();
      for (const report of reports.values()) {
        if (report.type !== 'transport' || !report.selectedCandidatePairId) continue;
        const pair = reports.get(report.selectedCandidatePairId);
        return reports.get(pair.localCandidateId)?.protocol ?? 'unknown';
      }
      return 'none';
    },
  };
}

/** Below 960x540 libwebrtc sends two simulcast layers at most. */
export const SMALL_CAMERA = { width: 640, height: 360 };
export const THREE_LAYER_CAMERA = { width: 960, height: 540 };

export function probeScript(camera = SMALL_CAMERA) {
  return `(${observe.toString()})(${JSON.stringify(camera)});`;
}
