/** The whole page: what is shown where, and what leads from one to the other. */

import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { preferred, storedLanguage, storeLanguage, Words } from '../strings';
import { shownAnswer } from '../talk/conversation';
import { conversationAsMarkdown, fileNameOf } from '../talk/exporting';
import { isOf } from '../talk/past';
import { saveFile } from './clipboard';
import { Dialog } from './dialog';
import { DocumentsView } from './documents_view';
import { endingElsewhere } from './endings';
import { Header } from './header';
import { HistoryList } from './history_list';
import { useBeside, useRoomy } from './hooks';
import { OptionsDialog } from './options_dialog';
import { Panel } from './panel';
import { ReaderView } from './reader_view';
import { TalkView } from './talk_view';
import type { Talks } from './talks';
import { turnActions } from './turn_actions';
import { useConversation } from './use_conversation';
import { useHistory } from './use_history';
import { useLooking } from './use_looking';
import { usePlace } from './use_place';
import { useService } from './use_service';
import { useTalks } from './use_talks';
import { useTheme } from './use_theme';

type Open = 'options' | 'conversations' | 'sources' | null;

export function Page({ talks }: { talks: Talks }) {
  const [language, setLanguage] = useState(() => preferred(storedLanguage(), navigator.languages));
  const [theme, setTheme] = useTheme();
  const [place, go] = usePlace();
  const [open, setOpen] = useState<Open>(null);
  const [looking, look] = useLooking();
  const service = useService();
  const { info } = service;
  const { conversation, busy, options, proposed, storage } = useTalks(talks, info);
  const missing = useConversation(talks, storage, info, place, go);
  const past = useHistory(storage, info?.sessions ?? false, `${conversation.id} ${conversation.turns.length} ${busy}`);
  const beside = useBeside();
  const roomy = useRoomy();
  const field = useRef<HTMLTextAreaElement>(null);
  const talking = place.kind !== 'sources' && place.kind !== 'source';
  const { turns } = conversation;

  const looked = turns.find((turn) => turn.id === looking.turnId) ?? turns.at(-1);
  const answer = looked && shownAnswer(looked);
  const ofLooked = looked && looked.id === looking.turnId ? looking : null;

  useEffect(() => {
    document.documentElement.lang = language.code;
  }, [language]);
  useEffect(() => {
    const name = !talking ? language.documents.heading : turns.length ? conversation.title : null;
    document.title = name ? language.page.titled(name) : language.page.product;
  }, [language, conversation.title, turns.length, talking]);

  const toField = useCallback(() => {
    // Where a keyboard would come up and cover half of the page it waits for a touch.
    if (!matchMedia('(pointer: coarse)').matches) requestAnimationFrame(() => field.current?.focus());
  }, []);

  const startNew = useCallback(() => {
    talks.startNew();
    look.away();
    setOpen(null);
    go({ kind: 'new' });
    scrollTo({ top: 0 });
    toField();
  }, [talks, go, look, toField]);

  const askOnly = useCallback(
    (source: string) => {
      talks.setOptions({ ...talks.options, filter: { source: [source] } });
      setOpen(null);
      const { id, turns: said } = talks.conversation;
      go(said.length ? { kind: 'conversation', id, turn: null, question: null } : { kind: 'new' });
      toField();
    },
    [talks, go, toField],
  );

  const wide = useRef(beside);
  wide.current = beside;
  const actions = useMemo(
    () => turnActions({ talks, look, go, toField, isBeside: () => wide.current, openSources: () => setOpen('sources') }),
    [talks, look, go, toField],
  );

  const backToAnswer = useCallback(() => {
    setOpen((old) => (old === 'sources' ? null : old));
    look.back();
  }, [look]);

  const exportAll = useCallback(() => {
    const text = conversationAsMarkdown(talks.conversation, location.href, (ended) => endingElsewhere(ended, language));
    saveFile(`${fileNameOf(talks.conversation)}.md`, text);
  }, [talks, language]);

  const stop = useCallback(() => {
    talks.stop();
    // The button that has had the focus is gone.
    toField();
  }, [talks, toField]);

  const showConversations = useCallback(() => setOpen('conversations'), []);
  const showOptions = useCallback(() => setOpen('options'), []);
  const close = useCallback(() => setOpen(null), []);
  const chooseLanguage = useCallback((code: string) => {
    storeLanguage(code);
    setLanguage(preferred(code, navigator.languages));
  }, []);
  const unfilter = useCallback(
    (name: string, value: string) => {
      const { [name]: values = [], ...rest } = talks.options.filter;
      const left = values.filter((each) => each !== value);
      talks.setOptions({ ...talks.options, filter: left.length ? { ...rest, [name]: left } : rest });
    },
    [talks],
  );

  const history = (
    <HistoryList
      past={past}
      current={talking ? conversation.id : ''}
      kept={info?.sessions ?? false}
      lasting={storage?.lasting ?? true}
      onOpen={close}
      onRemove={({ id }) => talks.forget(id)}
      onRemoved={(removed) => {
        if (isOf(removed, conversation)) startNew();
      }}
    />
  );
  const withPanel = beside && talking && turns.length > 0;
  const panel =
    looked && answer ? (
      <Panel
        question={looked.question}
        named={turns.length > 1}
        answer={answer}
        active={ofLooked?.citation ?? null}
        chosen={ofLooked?.passage ?? null}
        onBack={backToAnswer}
        onOnly={askOnly}
      />
    ) : null;

  return (
    <Words.Provider value={language}>
      {talking ? (
        <a
          class="skip"
          href="#question"
          onClick={(event) => {
            event.preventDefault();
            field.current?.focus();
          }}
        >
          {language.page.skip}
        </a>
      ) : null}
      <Header
        drawer={!roomy}
        info={info}
        here={talking ? 'talk' : 'documents'}
        theme={theme}
        onTheme={setTheme}
        onLanguage={chooseLanguage}
        onConversations={showConversations}
        onNew={startNew}
        onExport={turns.length && talking ? exportAll : null}
      />
      <div class={`shell${roomy ? ' with-history' : ''}${withPanel ? ' with-panel' : ''}`}>
        {roomy ? (
          <nav class="column" aria-label={language.header.conversations}>
            <h2 class="hidden">{language.history.heading}</h2>
            {history}
          </nav>
        ) : null}
        <main>
          {place.kind === 'sources' ? (
            <DocumentsView
              info={info}
              query={place.query}
              page={place.page}
              onGo={(query, page) => go({ kind: 'sources', query, page }, true)}
            />
          ) : place.kind === 'source' ? (
            <ReaderView id={place.id} onOnly={askOnly} />
          ) : (
            <TalkView
              conversation={conversation}
              busy={busy}
              missing={missing}
              service={service}
              options={options}
              proposed={proposed}
              looking={looking}
              beside={beside}
              field={field}
              actions={actions}
              onStop={stop}
              takeProposed={talks.takeProposed}
              onOptions={showOptions}
              onUnfilter={unfilter}
            />
          )}
        </main>
        {withPanel ? (
          <aside class="column panel" aria-label={language.sources.heading}>
            <h2 class="panel-title">{language.sources.heading}</h2>
            {panel}
          </aside>
        ) : null}
      </div>
      {open === 'options' ? (
        <OptionsDialog options={options} info={info} onChange={talks.setOptions} onClose={close} />
      ) : null}
      {open === 'conversations' ? (
        <Dialog heading={language.history.heading} kind="drawer" onClose={close}>
          {history}
        </Dialog>
      ) : null}
      {open === 'sources' && !beside ? (
        <Dialog heading={language.sources.heading} kind="sheet" onClose={close}>
          {panel}
        </Dialog>
      ) : null}
    </Words.Provider>
  );
}
