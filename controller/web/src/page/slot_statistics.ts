import type { ServerQuality, SlotQuality } from '../client/index.js';

/** What is known of one shown picture, from both ends of its way. */
export interface SlotStatistics {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** bit/s, as received. */
  readonly bitrate: number;
  readonly freezes: number;
  /** Packets that did not arrive, of a hundred, since the last look. */
  readonly lossPercent: number;
  /** Null: the server has not told, or does not tell. */
  readonly server: SlotQuality | null;
  /** bit/s that fit on the way to us, or more. */
  readonly estimate: number | null;
  readonly isLowerBound: boolean;
}

/** Counters of a received stream at one moment. */
interface Counters {
  readonly time: number;
  readonly bytes: number;
  readonly received: number;
  readonly lost: number;
}

type Report = Readonly<Record<string, unknown>>;
const numberOf = (report: Report, key: string): number => {
  const value = report[key];
  return typeof value === 'number' ? value : 0;
};

/** Makes rates of the browser's counters; keeps what it saw the last time, by m-line. */
export class StatisticsReader {
  #before = new Map<string, Counters>();

  read(reports: Iterable<Report>, server: ServerQuality | null): Map<string, SlotStatistics> {
    const out = new Map<string, SlotStatistics>();
    const seen = new Map<string, Counters>();
    for (const report of reports) {
      const mid = report['mid'];
      if (report['type'] !== 'inbound-rtp' || report['kind'] !== 'video') continue;
      if (typeof mid !== 'string') continue;
      const now: Counters = {
        time: numberOf(report, 'timestamp'),
        bytes: numberOf(report, 'bytesReceived'),
        received: numberOf(report, 'packetsReceived'),
        lost: numberOf(report, 'packetsLost'),
      };
      const before = this.#before.get(mid) ?? now;
      seen.set(mid, now);
      const seconds = (now.time - before.time) / 1000;
      const lost = Math.max(0, now.lost - before.lost);
      const sent = lost + now.received - before.received;
      out.set(mid, {
        width: numberOf(report, 'frameWidth'),
        height: numberOf(report, 'frameHeight'),
        framesPerSecond: numberOf(report, 'framesPerSecond'),
        bitrate: seconds > 0 ? ((now.bytes - before.bytes) * 8) / seconds : 0,
        freezes: numberOf(report, 'freezeCount'),
        lossPercent: sent > 0 ? (100 * lost) / sent : 0,
        server: server?.slots.find((slot) => slot.mid === mid) ?? null,
        estimate: server?.estimate ?? null,
        isLowerBound: server?.isLowerBound ?? false,
      });
    }
    this.#before = seen;
    return out;
  }
}

/** "1.4 Mbit/s", "180 kbit/s". */
export function bitrateText(bitsPerSecond: number, language: string): string {
  const mega = bitsPerSecond >= 1e6;
  const value = bitsPerSecond / (mega ? 1e6 : 1e3);
  const digits = { maximumFractionDigits: mega ? 1 : 0 };
  return `${value.toLocaleString(language, digits)} ${mega ? 'Mbit/s' : 'kbit/s'}`;
}
