import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { fitsMessage, type Participant } from '../client/index.js';
import { CloseIcon, SendIcon } from './icons.js';
import { useTexts } from './texts.js';
import type { ChatMessage } from './use_conference.js';

export function ChatPanel(props: {
  messages: readonly ChatMessage[];
  participants: readonly Participant[];
  language: string;
  onSend: (text: string, to: Participant | null) => boolean;
  onClose: () => void;
}): JSX.Element {
  const t = useTexts();
  const [text, setText] = useState('');
  const [to, setTo] = useState('');
  const [failed, setFailed] = useState(false);
  const log = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const receiver = props.participants.find(({ identity }) => identity === to) ?? null;

  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [props.messages.length]);

  return (
    <aside
      class="chat"
      aria-label={t('chat')}
      onKeyDown={(event) => {
        if (event.key === 'Escape') props.onClose();
      }}
    >
      <header class="chat-head">
        <h2>{t('chat')}</h2>
        <button type="button" class="quiet-button" aria-label={t('chatClose')} onClick={props.onClose}>
          <CloseIcon />
        </button>
      </header>
      <div class="chat-log" ref={log} role="log" aria-live="polite" tabIndex={0}>
        {props.messages.length === 0 && <p class="hint">{t('chatEmpty')}</p>}
        {props.messages.map((message) => (
          <Message key={message.key} message={message} language={props.language} />
        ))}
      </div>
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          const ready = text.trim();
          if (!fitsMessage(ready)) return;
          const sent = props.onSend(ready, receiver);
          setFailed(!sent);
          if (sent) setText('');
        }}
      >
        {failed && (
          <p class="chat-failed" role="alert">
            {t('chatFailed')}
          </p>
        )}
        <label class="chat-to">
          <span>{t('chatTo')}</span>
          <select value={receiver ? to : ''} onChange={(event) => setTo(event.currentTarget.value)}>
            <option value="">{t('chatEveryone')}</option>
            {props.participants.map((participant) => (
              <option key={participant.identity} value={participant.identity}>
                {participant.name}
              </option>
            ))}
          </select>
        </label>
        <div class="chat-write">
          <input
            ref={input}
            name="message"
            value={text}
            aria-label={t('chatWrite')}
            placeholder={t('chatWrite')}
            autocomplete="off"
            maxLength={4000}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button
            type="submit"
            class="primary-button square"
            aria-label={t('chatSend')}
            disabled={text.trim() === ''}
          >
            <SendIcon />
          </button>
        </div>
      </form>
    </aside>
  );
}

function Message(props: { message: ChatMessage; language: string }): JSX.Element {
  const t = useTexts();
  const { from, name, only, text, time } = props.message;
  const aside =
    only === null ? '' : from === null ? t('chatPrivateTo', { name: only }) : t('chatPrivateFrom');
  return (
    <div class={`message${from === null ? ' own' : ''}`}>
      <p class="message-head">
        <b>{from === null ? t('you') : name}</b>
        {aside && <em>{aside}</em>}
        <time dateTime={time.toISOString()}>
          {time.toLocaleTimeString(props.language, { hour: '2-digit', minute: '2-digit' })}
        </time>
      </p>
      <p class="message-text" dir="auto">
        {text}
      </p>
    </div>
  );
}
