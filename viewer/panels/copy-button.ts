import { copyText, h } from '../dom.js';
import { strings } from '../strings.js';

const CONFIRMED_MS = 2400;

/** The word on a button changes for a moment, which is also announced. */
export function confirm(
  button: HTMLButtonElement,
  done: string,
  announce: (text: string) => void,
  said: string,
): void {
  const label = button.dataset['label'] ?? button.textContent;
  button.dataset['label'] = label;
  button.textContent = done;
  button.classList.add('confirmed');
  announce(said);
  const token = String(Number(button.dataset['shown'] ?? 0) + 1);
  button.dataset['shown'] = token;
  setTimeout(() => {
    if (button.dataset['shown'] !== token) return;
    button.textContent = label;
    button.classList.remove('confirmed');
  }, CONFIRMED_MS);
}

/** @param what is copied, in words: for screen readers; @param text made when it is pressed */
export function copyButton(
  label: string,
  what: string,
  text: () => string,
  announce: (text: string) => void,
): HTMLButtonElement {
  const button = h(
    'button',
    { type: 'button', class: 'plain small', 'aria-label': strings.share.copyOf(what) },
    label,
  );
  button.addEventListener('click', () => {
    void copyText(text()).then((copied) =>
      copied
        ? confirm(button, strings.share.copied, announce, strings.share.announceCopied(what))
        : confirm(button, strings.share.notCopied, announce, strings.share.announceNotCopied),
    );
  });
  return button;
}
