/** Why a slot has the layer that it has. */
export type LayerReason =
  | 'no_source'
  | 'paused'
  | 'best'
  | 'demand'
  | 'bandwidth'
  | 'holding'
  | 'switching';

export interface Layer {
  readonly encoding: number;
  readonly spatial: number;
  readonly temporal: number;
}

/** What the server sends in a slot of ours. */
export interface SlotQuality {
  readonly mid: string;
  /** Null: nothing, or the source has no layers. */
  readonly layer: Layer | null;
  /** Chosen, and waiting for its keyframe where it differs from `layer`. */
  readonly target: Layer | null;
  readonly reason: LayerReason | null;
  /** bit/s */
  readonly bitrate: number;
  /** 0 (unusable) to 10. */
  readonly score: number | null;
}

/** What the server says of our connection. */
export interface ServerQuality {
  /** bit/s that fit on the way to us, as the server reckons; null: not known. */
  readonly estimate: number | null;
  /** Too little is being sent to tell how much would fit: the estimate is a lower bound. */
  readonly isLowerBound: boolean;
  readonly slots: readonly SlotQuality[];
  /** The server's whole reply, for diagnosis: controller/signaling/README.md names its fields. */
  readonly details: Readonly<Record<string, unknown>>;
}

const REASONS: ReadonlySet<string> = new Set<LayerReason>([
  'no_source',
  'paused',
  'best',
  'demand',
  'bandwidth',
  'holding',
  'switching',
]);

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const numberOr = <T>(value: unknown, fallback: T): number | T =>
  typeof value === 'number' && Number.isFinite(value) ? value : fallback;

function layerOf(value: unknown): Layer | null {
  if (typeof value !== 'object' || value === null) return null;
  const from = fieldsOf(value);
  return {
    encoding: numberOr(from['encoding'], 0),
    spatial: numberOr(from['spatial'], 0),
    temporal: numberOr(from['temporal'], 0),
  };
}

/** Reads the server's `stats`; what is missing is not known, for they grow with the server. */
export function parseQuality(message: Fields): ServerQuality {
  const slots = Array.isArray(message['slots']) ? message['slots'].map(fieldsOf) : [];
  const transport = fieldsOf(message['transport']);
  return {
    details: message,
    estimate: numberOr(transport['estimate'], null),
    isLowerBound: transport['application_limited'] === true,
    slots: slots.flatMap((slot) => {
      const { mid, reason } = slot;
      if (typeof mid !== 'string') return [];
      return [
        {
          mid,
          layer: layerOf(slot['layer']),
          target: layerOf(slot['target']),
          reason: REASONS.has(reason as string) ? (reason as LayerReason) : null,
          bitrate: numberOr(slot['bitrate'], 0),
          score: numberOr(slot['score'], null),
        },
      ];
    }),
  };
}
