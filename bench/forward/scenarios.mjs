// What is measured. `load` are settings of stellwerk-load, `server` of our server (start() in stellwerk.mjs); others
// have no such limits. `burst`: packets that belong together, those of one video frame as a viewer gets it, for the floor.

/** One camera as Chromium's 720p is on the wire: 400 packets a second, of 1 to 1.1 kB, in bursts of 4 on average. */
const BURSTS_OF_FOUR = {
  'audio-codec': 'none',
  'video-simulcast': 'false',
  'video-mode': 'L1T3',
  'video-fps': 100,
  'video-bitrate': '3070kbps',
};

function oneToMany(subscribers, more = {}) {
  return {
    name: `video_${subscribers}`,
    title: `1 to ${subscribers}, 400 packets/s in bursts of 4`,
    burst: 4,
    load: { ...BURSTS_OF_FOUR, publishers: 1, subscribers, 'joins-per-second': 50 },
    server: { limits: { participants_per_room: Math.max(200, subscribers + 1) } },
    ...more,
  };
}

function conference(people, more = {}) {
  return {
    name: `conference_${people}`,
    title: `${people} in a conference, simulcast, nine at 360p`,
    burst: 2,
    load: { publishers: people, layout: '3x3', 'joins-per-second': 20 },
    server: {},
    ...more,
  };
}

export const VIDEO_10 = oneToMany(10);
export const VIDEO_50 = oneToMany(50);
export const VIDEO_100 = oneToMany(100);
export const VIDEO_199 = oneToMany(199);
export const VIDEO_500 = oneToMany(500);
export const SIMULCAST_199 = {
  name: 'simulcast_199',
  title: '1 to 199, 720p in simulcast and audio',
  burst: 6,
  load: { publishers: 1, subscribers: 199, 'joins-per-second': 50 },
  server: {},
};
export const CONFERENCE_20 = conference(20);
export const CONFERENCE_50 = conference(50);
export const AUDIO_200 = {
  name: 'audio_200',
  title: '200 with microphones, the loudest 3 are heard',
  burst: 1,
  load: { publishers: 200, 'video-codec': 'none', 'joins-per-second': 40 },
  server: { limits: { audio_slots: 3 } },
};
export const IDLE_1000 = {
  name: 'idle_1000',
  title: '1,000 in ten rooms; one in each sends a small picture a second',
  idle: true,
  load: {
    rooms: 10,
    publishers: 1,
    subscribers: 99,
    'audio-codec': 'none',
    'video-simulcast': 'false',
    'video-width': 160,
    'video-height': 90,
    'video-fps': 1,
    'video-bitrate': '10kbps',
    'joins-per-second': 100,
  },
  server: {},
};

/** Without waiting for a frame's other packets. */
export const ungathered = (scenario) => ({
  ...scenario,
  name: `${scenario.name}_ungathered`,
  title: `${scenario.title}, gathering off`,
  server: { ...scenario.server, gather: 0 },
});

const MOST_PICTURES = 100; // a second; a faster camera would not be one
const PACKETS_IN_PICTURE = 4;
const ROOM = 200;

/** A full room with cameras whose packets, each in bursts of 4, keep the worker busy for `share` of its core, as far as
 * `perPacket` (seconds of CPU) tells. */
export function loaded(share, perPacket, more = {}) {
  const pictures = share / perPacket / PACKETS_IN_PICTURE / (ROOM - 1); // a second, of all cameras
  const publishers = Math.max(1, Math.ceil(pictures / MOST_PICTURES));
  return {
    name: `load_${Math.round(share * 100)}`,
    title: `200 in a room, ${publishers} with cameras: about ${Math.round(share * 100)} % of a core`,
    burst: PACKETS_IN_PICTURE,
    share,
    load: {
      ...BURSTS_OF_FOUR,
      ...atPictureRate(pictures / publishers),
      layout: '3x3',
      publishers,
      subscribers: ROOM - publishers,
      'joins-per-second': 50,
    },
    server: {},
    ...more,
  };
}

function atPictureRate(rate) {
  const pictures = Math.max(1, Math.round(rate));
  return { 'video-fps': pictures, 'video-bitrate': `${Math.round(pictures * 30.7)}kbps` };
}

const MOST_DESTINATIONS = 1000; // of the floor; and more would be too much for the generator

/** One camera, and as many who watch it as keep the worker busy for `share` of its core when a viewer takes `ofOne`. */
export function audience(share, ofOne) {
  const subscribers = Math.min(MOST_DESTINATIONS, Math.max(10, Math.round(share / ofOne)));
  const scenario = oneToMany(subscribers);
  return {
    ...scenario,
    name: `load_${Math.round(share * 100)}`,
    title: `1 to ${subscribers}, bursts of 4: about ${Math.round(share * 100)} % of a core`,
    transit: { viewers: subscribers, bars: { gathered: 1.5, atOnce: 0.5 } },
  };
}

/** Conferences of twenty, as many as keep the worker busy for `share` of its core when one takes `ofOne`. */
export function conferences(share, ofOne) {
  const rooms = Math.max(1, Math.round(share / ofOne));
  const scenario = conference(20);
  return {
    ...scenario,
    name: `conferences_${Math.round(share * 100)}`,
    title: `${rooms} conferences of 20: about ${Math.round(share * 100)} % of a core`,
    transit: { bars: { gathered: 2.5, atOnce: 1.5 } },
    load: { ...scenario.load, rooms, 'joins-per-second': 50 },
  };
}

/** The same while people come and go. */
export const joining = (scenario, perSecond) => ({
  ...scenario,
  name: `${scenario.name}_joining`,
  title: `${scenario.title}, ${perSecond} leave and ${perSecond} join each second`,
  load: { ...scenario.load, 'churn-per-minute': perSecond * 60 },
});
