import type { JSX } from 'preact';
import { EnlargeIcon, MicrophoneOffIcon, ReduceIcon, SignalIcon } from './icons.js';
import { QualityPanel } from './quality_panel.js';
import type { SlotStatistics } from './slot_statistics.js';
import { useTexts } from './texts.js';
import { hueOf, initialsOf, type Tile } from './tiles.js';
import { Video } from './video.js';

const AVATAR_HUES = 8;

/** What can be told of a picture that comes over the network. */
export interface TileQuality {
  readonly shown: boolean;
  readonly statistics: SlotStatistics | undefined;
  readonly language: string;
  readonly onToggle: () => void;
}

export function TileView(props: {
  tile: Tile;
  own?: boolean;
  speaking: boolean;
  large: boolean;
  /** Absent: there is nothing to enlarge it against. */
  onToggle?: () => void;
  /** Absent: there is no picture, or it is our own. */
  quality?: TileQuality;
}): JSX.Element {
  const t = useTexts();
  const { tile, own = false, speaking, large, quality } = props;
  const panelId = `quality-${tile.mid}`;
  const name = own ? t('you') : tile.kind === 'screen' ? t('screenOf', { name: tile.name }) : tile.name;
  const state = [tile.muted && t('muted'), speaking && t('speaking')].filter(Boolean).join(', ');
  return (
    <article
      class={`tile${speaking && tile.kind === 'camera' ? ' speaking' : ''}${tile.media ? '' : ' no-picture'}`}
      data-identity={tile.identity}
      data-kind={tile.kind}
      data-mid={tile.mid ?? undefined}
      data-own={own ? '' : undefined}
      aria-label={state ? `${name}, ${state}` : name}
    >
      <span class="avatar" data-hue={hueOf(tile.identity, AVATAR_HUES)} aria-hidden="true">
        {initialsOf(tile.name)}
      </span>
      {tile.media && (
        <Video media={tile.media} mirrored={own && tile.kind === 'camera'} whole={tile.kind === 'screen'} />
      )}
      {tile.unsupported && <p class="tile-note">{t('unsupported')}</p>}
      <span class="nameplate">
        {tile.muted && tile.kind === 'camera' && <MicrophoneOffIcon />}
        {speaking && !tile.muted && tile.kind === 'camera' && (
          <span class="voice" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
        )}
        <span class="nameplate-text">{name}</span>
      </span>
      {quality?.shown && (
        <QualityPanel id={panelId} statistics={quality.statistics} language={quality.language} />
      )}
      <div class="tile-buttons">
        {quality && (
          <button
            type="button"
            class={`tile-button${quality.shown ? ' active' : ''}`}
            data-control="quality"
            aria-label={t('quality', { name })}
            title={t('quality', { name })}
            aria-expanded={quality.shown}
            aria-controls={quality.shown ? panelId : undefined}
            onClick={quality.onToggle}
          >
            <SignalIcon />
          </button>
        )}
        {props.onToggle && (
          <button
            type="button"
            class="tile-button"
            data-control="enlarge"
            aria-label={large ? t('reduce') : t('enlarge', { name })}
            title={large ? t('reduce') : t('enlarge', { name })}
            onClick={props.onToggle}
          >
            {large ? <ReduceIcon /> : <EnlargeIcon />}
          </button>
        )}
      </div>
    </article>
  );
}
