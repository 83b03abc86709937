/** A command to run, with a button to copy it. */

import { useWords } from '../strings';
import { copyText } from './clipboard';
import { Glyph } from './glyph';
import { useMoment } from './hooks';

export function Command({ text }: { text: string }) {
  const words = useWords();
  const [copied, sayCopied] = useMoment();
  const copy = async () => {
    if (await copyText(text)) sayCopied();
  };
  return (
    <div class="command" dir="ltr">
      <code tabIndex={0}>{text}</code>
      <button type="button" class="quiet" onClick={() => void copy()}>
        <Glyph name={copied ? 'check' : 'copy'} />
        <span role="status">{copied ? words.service.copied : words.service.copy}</span>
      </button>
    </div>
  );
}
