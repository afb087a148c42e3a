import type { JSX } from 'preact';
import type { LayerReason } from '../client/index.js';
import type { Texts } from './messages_en.js';
import { bitrateText, type SlotStatistics } from './slot_statistics.js';
import { useTexts } from './texts.js';

const REASONS: Readonly<Record<LayerReason, keyof Texts>> = {
  no_source: 'reasonNoSource',
  paused: 'reasonPaused',
  best: 'reasonBest',
  demand: 'reasonDemand',
  bandwidth: 'reasonBandwidth',
  holding: 'reasonHolding',
  switching: 'reasonSwitching',
};

/** What one picture is made of, and why it is not better. */
export function QualityPanel(props: {
  id: string;
  statistics: SlotStatistics | undefined;
  language: string;
}): JSX.Element {
  const t = useTexts();
  const { statistics, language } = props;
  if (!statistics) {
    return (
      <div class="quality" id={props.id}>
        <p>{t('qualityUnknown')}</p>
      </div>
    );
  }
  const { width, height, framesPerSecond, bitrate, freezes, lossPercent, server, estimate } = statistics;
  const rows: [string, string][] = [
    [t('qualityPicture'), `${width} × ${height}, ${t('qualityFrames', { count: Math.round(framesPerSecond) })}`],
    [t('qualityBitrate'), bitrateText(bitrate, language)],
  ];
  if (lossPercent >= 0.1) {
    rows.push([t('qualityLoss'), `${lossPercent.toLocaleString(language, { maximumFractionDigits: 1 })} %`]);
  }
  if (freezes > 0) rows.push([t('qualityFreezes'), String(freezes)]);
  if (server?.layer) {
    const { encoding, spatial, temporal } = server.layer;
    rows.push([
      t('qualityLayer'),
      t('qualityLayerOf', { stream: encoding + 1, size: spatial + 1, rate: temporal + 1 }),
    ]);
  }
  if (estimate !== null) {
    const rate = bitrateText(estimate, language);
    rows.push([
      t('qualityEstimate'),
      statistics.isLowerBound ? t('qualityAtLeast', { rate }) : rate,
    ]);
  }
  return (
    <div class="quality" id={props.id}>
      {server?.reason && <p data-reason={server.reason}>{t(REASONS[server.reason])}</p>}
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
