/** The slim bar at the top: where one can go, and how the page is to look. */

import { useId } from 'preact/hooks';

import { languages, useWords } from '../strings';
import { hashOf } from '../talk/address';
import type { Info } from '../types';
import { safeAddress } from './addresses';
import { Glyph } from './glyph';
import { memo } from './memo';
import type { Theme } from './use_theme';

interface Props {
  /** The list of conversations has no place of its own beside the page. */
  drawer: boolean;
  info: Info | null;
  here: 'talk' | 'documents';
  theme: Theme;
  onTheme: (theme: Theme) => void;
  onLanguage: (code: string) => void;
  onConversations: () => void;
  onNew: () => void;
  onExport: (() => void) | null;
}

export const Header = memo(function Header(props: Props) {
  const { drawer, here, onConversations, onNew } = props;
  const words = useWords();
  const menu = useId();
  return (
    <header class="header">
      {drawer ? (
        <button
          type="button"
          class="quiet icon"
          aria-label={words.header.conversations}
          title={words.header.conversations}
          aria-haspopup="dialog"
          onClick={onConversations}
        >
          <Glyph name="menu" />
        </button>
      ) : null}
      <span class="name">
        <a
          href={hashOf({ kind: 'new' })}
          onClick={(event) => {
            event.preventDefault();
            onNew();
          }}
        >
          {words.page.product}
        </a>
      </span>
      <button type="button" class="quiet" title={words.header.newChat} onClick={onNew}>
        <Glyph name="plus" />
        <span>{words.header.newChat}</span>
      </button>
      <a
        class="quiet"
        title={words.header.documents}
        href={hashOf({ kind: 'sources', query: '', page: 1 })}
        aria-current={here === 'documents' ? 'page' : undefined}
      >
        <Glyph name="document" />
        <span>{words.header.documents}</span>
      </a>
      <button
        type="button"
        class="quiet icon"
        aria-label={words.header.more}
        title={words.header.more}
        popovertarget={menu}
      >
        <Glyph name="more" />
      </button>
      <Menu id={menu} {...props} />
    </header>
  );
});

function Menu({ id, info, theme, onTheme, onLanguage, onExport }: Props & { id: string }) {
  const words = useWords();
  const field = useId();
  const links = (info?.links ?? []).flatMap(({ label, href }) => {
    const address = safeAddress(href);
    return address ? [{ label, address }] : [];
  });
  return (
    <div id={id} class="menu" popover="auto">
      <div>
        <label class="label" for={`${field}-language`}>
          {words.header.language}
        </label>
        <select
          id={`${field}-language`}
          class="field"
          value={words.code}
          onChange={(event) => onLanguage(event.currentTarget.value)}
        >
          {languages.map(({ code, name }) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label class="label" for={`${field}-theme`}>
          {words.header.theme}
        </label>
        <select
          id={`${field}-theme`}
          class="field"
          value={theme}
          onChange={(event) => onTheme(event.currentTarget.value as Theme)}
        >
          {Object.entries(words.header.themes).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {onExport ? (
        <button type="button" class="quiet flush" onClick={onExport}>
          <Glyph name="down" />
          {words.header.exportConversation}
        </button>
      ) : null}
      {links.length ? (
        <nav aria-labelledby={`${field}-links`}>
          <span id={`${field}-links`} class="label">
            {words.header.elsewhere}
          </span>
          <ul role="list">
            {links.map(({ label, address }) => (
              <li key={address}>
                <a href={address}>{label}</a>
              </li>
            ))}
          </ul>
        </nav>
      ) : null}
      {info ? <p class="hint">{words.status.version(info.version)}</p> : null}
    </div>
  );
}
