import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { roomLink } from './access_token.js';
import { CheckIcon, LinkIcon } from './icons.js';
import { useTexts } from './texts.js';

export function CopyLink(): JSX.Element {
  const t = useTexts();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);

  return (
    <button
      type="button"
      class="plain-button"
      onClick={() => {
        navigator.clipboard?.writeText(roomLink(location)).then(
          () => setCopied(true),
          () => {},  // not allowed here; the address bar has it, too
        );
      }}
    >
      {copied ? <CheckIcon /> : <LinkIcon />}
      <span class="button-text" aria-live="polite">
        {copied ? t('linkCopied') : t('copyLink')}
      </span>
    </button>
  );
}
