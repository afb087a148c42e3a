// How long packets were on their way through the worker, and what of it the bars of the fast path are about.

/** `byPackets`: transit_by_packets of a report of stellwerk-load. Packets as { ms, packets (in the frame), weight }. */
export function samplesOf(byPackets = []) {
  return byPackets.flatMap(({ packets, count, points }) => {
    let before = 0;
    return points.map(([ms, share]) => {
      const weight = (share - before) * count;
      before = share;
      return { ms, packets, weight };
    });
  });
}

/** The smallest value that `share` of all packets don't exceed. */
export function quantile(samples, share, value = (sample) => sample.ms) {
  const pairs = samples.map((sample) => [value(sample), sample.weight]).sort((a, b) => a[0] - b[0]);
  const wanted = share * pairs.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  for (const [at, weight] of pairs) {
    sum += weight;
    if (sum >= wanted * (1 - 1e-9)) return at;
  }
  return pairs.at(-1)?.[0];
}

/** Points of the cumulative distribution: ms, and percent that took so long at most. */
export function cumulative(samples, steps = 200) {
  return Array.from({ length: steps }, (_, i) => (i + 1) / (steps + 1)).map((share) => [quantile(samples, share), share * 100]);
}

/** The mean number of packets in a frame. */
export function meanFrame(samples) {
  const packets = samples.reduce((sum, { weight }) => sum + weight, 0);
  const frames = samples.reduce((sum, sample) => sum + sample.weight / sample.packets, 0);
  return packets / frames;
}

/** Lengths of bursts, `length` of them, that are distributed as those of the frames are, well mixed. */
export function traceOf(samples, length = 64, longest = 16) {
  const frames = new Map();
  for (const { packets, weight } of samples) {
    const size = Math.min(packets, longest);
    frames.set(size, (frames.get(size) ?? 0) + weight / packets);
  }
  const total = [...frames.values()].reduce((a, b) => a + b, 0);
  const owed = [...frames].map(([size, weight]) => ({ size, share: weight / total, owed: 0 }));
  return Array.from({ length: owed.length ? length : 0 }, () => {
    owed.forEach((entry) => (entry.owed += entry.share));
    const next = owed.reduce((a, b) => (b.owed > a.owed ? b : a));
    next.owed -= 1;
    return next.size;
  });
}

/**
 * What a run says of the bar. `viewers`: to whom each packet of a frame goes, where a burst's own service time is to be
 * left out: the packets of the frame times these times the worker's CPU per packet of the same run.
 */
export function transitOf(row, { viewers, bar }) {
  const samples = row.transitSamples ?? [];
  if (samples.length === 0) return undefined;
  const perPacket = viewers ? (viewers * row.cpuNs) / 1e6 : 0; // ms
  const beyond = ({ ms, packets }) => Math.max(0, ms - packets * perPacket);
  const waited = row.waited?.share ?? 0;
  const p99 = quantile(samples, 0.99, beyond);
  // If those that pacing held back were the slowest of all: the others' 99th percentile is not below this.
  const unpaced = quantile(samples, 0.99 * (1 - waited), beyond);
  return {
    p50: quantile(samples, 0.5),
    p99: quantile(samples, 0.99),
    burst: viewers ? meanFrame(samples) * perPacket : undefined,
    beyond: viewers ? p99 : undefined,
    unpaced,
    bar,
    verdict: p99 <= bar ? 'met' : unpaced <= bar ? 'pacing' : 'MISSED',
  };
}
