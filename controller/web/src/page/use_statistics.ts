import { useEffect, useState } from 'preact/hooks';
import type { Conference, ServerQuality } from '../client/index.js';
import { StatisticsReader, type SlotStatistics } from './slot_statistics.js';

const LOOK_MS = 2000;
/** A server that does not answer this often is one that does not know the question. */
const MOST_REFUSALS = 2;

const NOTHING: ReadonlyMap<string, SlotStatistics> = new Map();

/** Statistics by m-line while somebody looks at them; asks nobody otherwise. */
export function useStatistics(
  conference: Conference,
  wanted: boolean,
): ReadonlyMap<string, SlotStatistics> {
  const [statistics, setStatistics] = useState(NOTHING);

  useEffect(() => {
    if (!wanted) return undefined;
    const reader = new StatisticsReader();
    let server: ServerQuality | null = null;
    let asking = false;
    let refusals = 0;
    let ended = false;
    let timer: ReturnType<typeof setTimeout>;
    const ask = async (): Promise<void> => {
      asking = true;
      server = await conference.serverQuality().catch(() => null);
      refusals = server ? 0 : refusals + 1;
      asking = false;
    };
    const look = async (): Promise<void> => {
      // What the browser knows does not wait for an answer that may be late.
      if (!asking && refusals < MOST_REFUSALS) void ask();
      const report = await conference.stats()?.catch(() => null);
      if (ended) return;
      if (report) setStatistics(reader.read(report.values(), server));
      timer = setTimeout(look, LOOK_MS);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
      setStatistics(NOTHING);
    };
  }, [conference, wanted]);

  return statistics;
}
