import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  Conference,
  signalingUrl,
  type ConferenceState,
  type Participant,
  type Slot,
} from '../client/index.js';
import { tokenOfHash } from './access_token.js';

export interface ChatMessage {
  readonly key: number;
  /** Identity of the other side; null when we wrote it. */
  readonly from: string | null;
  readonly name: string;
  /** Name of the only reader, or 'me'; null: everyone. */
  readonly only: string | null;
  readonly text: string;
  readonly time: Date;
}

export interface ConferenceView {
  readonly conference: Conference;
  readonly state: ConferenceState;
  readonly participants: readonly Participant[];
  readonly slots: readonly Slot[];
  readonly speakers: readonly string[];
  readonly messages: readonly ChatMessage[];
  /** @returns false if the message cannot be sent now */
  send(text: string, to: Participant | null): boolean;
}

/** Joins the room once and follows the conference until the view goes away. */
export function useConference(room: string, name: string): ConferenceView {
  const conference = useMemo(() => {
    const token = tokenOfHash(location.hash);
    return new Conference({
      url: signalingUrl(location),
      room,
      name,
      ...(token !== null && { token }),
    });
  }, []);
  const [state, setState] = useState<ConferenceState>(conference.state);
  const [participants, setParticipants] = useState<readonly Participant[]>([]);
  const [slots, setSlots] = useState<readonly Slot[]>([]);
  const [speakers, setSpeakers] = useState<readonly string[]>([]);
  const [messages, setMessages] = useState<readonly ChatMessage[]>([]);
  const names = useRef(new Map<string, string>());

  const append = (message: Omit<ChatMessage, 'key' | 'time'>): void =>
    setMessages((before) => [
      ...before.slice(-499),
      { ...message, key: (before[before.length - 1]?.key ?? 0) + 1, time: new Date() },
    ]);

  useEffect(() => {
    const subscriptions = [
      conference.on('state', setState),
      conference.on('participants', (list) => {
        // Names outlive their owners' stay, for the messages they wrote.
        for (const participant of list) names.current.set(participant.identity, participant.name);
        setParticipants(list);
      }),
      conference.on('slots', setSlots),
      conference.on('speakers', setSpeakers),
      conference.on('warning', (error) => console.warn('stellwerk:', error.message)),
      conference.on('message', ({ from, to, text }) =>
        append({
          from,
          name: names.current.get(from) ?? from,
          only: to === 'me' ? 'me' : null,
          text,
        }),
      ),
    ];
    conference.join();
    const leave = (): void => conference.leave();
    return () => {
      for (const unsubscribe of subscriptions) unsubscribe();
      leave();
    };
  }, [conference]);

  return {
    conference,
    state,
    participants,
    slots,
    speakers,
    messages,
    send(text, to) {
      const sent = conference.send(text, to?.identity ?? null);
      if (sent) append({ from: null, name: '', only: to?.name ?? null, text });
      return sent;
    },
  };
}
