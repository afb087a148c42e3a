import type { ComponentChildren, JSX } from 'preact';

function icon(children: ComponentChildren): () => JSX.Element {
  return () => (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const microphone = (
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>
);
const camera = (
  <>
    <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
    <path d="m15.5 11 5.5-3v8l-5.5-3" />
  </>
);
const slash = <path d="M4 4l16 16" />;

export const MicrophoneIcon = icon(microphone);
export const MicrophoneOffIcon = icon(
  <>
    <path d="M15 10V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.4 2.6M5.5 11.5a6.5 6.5 0 0 0 10.4 5.2M18.5 11.5a6.5 6.5 0 0 1-.5 2.5M12 18v3" />
    {slash}
  </>,
);
export const CameraIcon = icon(camera);
export const CameraOffIcon = icon(
  <>
    <path d="M10 6.5h3a2.5 2.5 0 0 1 2.5 2.5v2l5.5-3v8M15 17a2.5 2.5 0 0 1-2 .5H5.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2-2.4" />
    {slash}
  </>,
);
export const ScreenIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="2" />
    <path d="M9 20h6M12 13.5v-6M9.5 10 12 7.5l2.5 2.5" />
  </>,
);
export const ChatIcon = icon(
  <path d="M20 11.5a7.5 7.5 0 0 1-11 6.6L4.5 19.5l1.4-4.2A7.5 7.5 0 1 1 20 11.5Z" />,
);
export const LeaveIcon = icon(
  <path d="M2.6 14.6c5.2-5.2 13.6-5.2 18.8 0l-3 3-3.6-2.1v-2.9a11 11 0 0 0-5.6 0v2.9l-3.6 2.1Z" fill="currentColor" />,
);
export const LinkIcon = icon(
  <path d="M10 14a4 4 0 0 0 6 .4l2.6-2.6a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.4l-2.6 2.6a4 4 0 0 0 5.7 5.7l1.3-1.3" />,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const SendIcon = icon(<path d="M5 12h13M13 6.5 18.5 12 13 17.5" />);
export const PeopleIcon = icon(
  <>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M3 19.5a6 6 0 0 1 12 0M15.5 5.2a3.5 3.5 0 0 1 0 6.6M18 14.2a6 6 0 0 1 3 5.3" />
  </>,
);
export const LightIcon = icon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
  </>,
);
export const DarkIcon = icon(<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z" />);
export const AutoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 4a8 8 0 0 1 0 16Z" fill="currentColor" />
  </>,
);
export const EnlargeIcon = icon(<path d="M14 4h6v6M20 4l-6.5 6.5M10 20H4v-6M4 20l6.5-6.5" />);
export const ReduceIcon = icon(<path d="M20 10h-6V4M14 10l6-6M4 14h6v6M10 14l-6 6" />);
export const SignalIcon = icon(<path d="M5 19v-4M10 19v-7.5M15 19V8M20 19V4.5" />);
export const SettingsIcon = icon(
  <>
    <path d="M4 7h9M19 7h1M4 17h3M13 17h7" />
    <circle cx="16" cy="7" r="2.5" />
    <circle cx="10" cy="17" r="2.5" />
  </>,
);
export const SpeakerIcon = icon(
  <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11" />,
);

/** Points set for a route: the mark of the house. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" fill="none" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="8" />
      <path class="mark-track" d="M5 21h22" />
      <path class="mark-route" d="M5 21h5.5l8-9H23" />
      <circle class="mark-lamp" cx="25" cy="12" r="3" />
    </svg>
  );
}

/** The panel of a signal box: tracks, points, and one route that is set. Decoration only. */
export function TrackDiagram(): JSX.Element {
  return (
    <svg
      class="diagram"
      viewBox="0 0 720 300"
      preserveAspectRatio="xMidYMid slice"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      <g class="diagram-tracks">
        <path d="M-20 60H740M-20 120H740M-20 180H740M-20 240H740" />
        <path d="M60 240l60-60M180 180l60-60M150 60l60 60M330 120l60-60M300 240l60-60M450 180l60-60M480 60l60 60M570 180l60 60" />
      </g>
      <path class="diagram-route" d="M-20 240H60l60-60h60l60-60h90l60-60h340" />
      <g class="diagram-blocks">
        <path d="M20 112v16M270 172v16M420 232v16M640 52v16M600 112v16M90 52v16" />
      </g>
      <g class="diagram-lamps">
        <circle cx="108" cy="212" r="4.5" />
        <circle cx="228" cy="152" r="4.5" />
        <circle cx="378" cy="92" r="4.5" />
      </g>
      <circle class="diagram-train" cx="560" cy="60" r="7" />
    </svg>
  );
}
