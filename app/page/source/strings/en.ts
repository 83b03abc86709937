/** What the page says, in English; `zh.ts` has the same shape. Another language is one more file. */

// Made once: each of these costs more than all that is said with it.
const numbers = new Intl.NumberFormat('en');
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const endings: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

const number = (n: number) => numbers.format(n);
const count = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
const percent = (share: number) => `${Math.round(share * 100)}%`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
const ordinal = (n: number) => `${n}${endings[ordinals.select(n)]}`;

export const en = {
  code: 'en',
  name: 'English',

  page: {
    product: 'rag-stream',
    titled: (title: string) => `${title} · rag-stream`,
    /** Between two sentences. */
    gap: ' ',
    skip: 'Skip to the question',
  },

  header: {
    conversations: 'Conversations',
    newChat: 'New chat',
    documents: 'Documents',
    more: 'Settings and links',
    language: 'Language',
    theme: 'Appearance',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
    exportConversation: 'Export as Markdown',
    elsewhere: 'Elsewhere',
    close: 'Close',
  },

  welcome: {
    heading: 'Ask the documents',
    text: (documents: number | null) =>
      documents
        ? `Answers come from ${count(documents, 'document')}, and statements show the passage they rest on.`
        : 'Answers come from the documents of this service, and statements show the passage they rest on.',
    quotes:
      'No language model is set up. The answers are sentences quoted from the documents, word for word.',
    examples: 'For example',
  },

  composer: {
    label: 'Your question',
    placeholder: 'Ask a question',
    followUp: 'Ask a follow-up question',
    send: 'Ask',
    stop: 'Stop',
    hint: 'Enter asks, Shift + Enter begins a new line.',
    tooLong: (over: number, most: number) =>
      `${count(over, 'character')} too long. A question has at most ${number(most)}.`,
    nearlyFull: (left: number) => `${count(left, 'character')} left`,
    whileAnswering: 'You can ask when this answer has ended, or stop it.',
    notReady: 'Questions can be asked when the service is ready.',
    offline: 'You are offline. Questions can be asked when the connection is back.',
    options: 'Search options',
    optionsSet: (n: number) => `Search options, ${count(n, 'set', 'set')}`,
    only: 'Only',
    remove: (what: string) => `Remove ${what}`,
  },

  options: {
    heading: 'Search options',
    text: 'They hold for the next questions.',
    filters: 'Search only in',
    find: 'Find a document by title or address',
    searching: 'Looking for documents',
    nothing: 'No document has these words.',
    by: { source: 'Documents', title: 'Titles' },
    chosen: (n: number, by: 'source' | 'title') =>
      n ? `${count(n, by === 'source' ? 'document' : 'title')} chosen` : 'None chosen: all are searched.',
    advanced: 'Advanced',
    k: 'Passages for an answer',
    kHint: (usual: number, most: number) => `1 to ${most}, usually ${usual}`,
    kBad: (most: number) => `This has to be a number from 1 to ${most}.`,
    searchType: 'Search',
    searchTypes: {
      usual: 'As the service does',
      hybrid: 'By meaning and by words',
      dense: 'By meaning only',
      lexical: 'By words only',
    },
    reset: 'Reset',
    done: 'Done',
  },

  turn: {
    edit: 'Edit the question',
    save: 'Ask this',
    cancel: 'Cancel',
    answer: 'Answer',
    answerOf: (n: number, of: number) => `Answer ${n} of ${of}`,
    previous: 'Previous answer',
    next: 'Next answer',
    wordingOf: (n: number, of: number) => `Wording ${n} of ${of}`,
    previousWording: 'Previous wording',
    nextWording: 'Next wording',
    searchedFor: 'Searched for:',
    jump: 'To the end of the answer',
    suggestions: 'You may ask next',
  },

  stage: {
    searching: 'Searching the documents',
    waiting: 'Reading the passages',
    waitingOn: (model: string) => `${model} is reading the passages`,
    since: (n: number) => `${number(n)} s`,
    answering: 'Answering',
    finished: (words: number, citations: number) =>
      `The answer is there: ${count(words, 'word')}, ${count(citations, 'citation')}.`,
    offline: 'The connection is lost. It is tried again by itself, and the answer goes on where it was.',
    stopped: 'You stopped this answer.',
    stoppedEmpty: 'You stopped this before its first word.',
    truncated: 'The answer breaks off here: the model has reached its length limit.',
    filtered: 'The answer breaks off here: the model\'s content filter ended it.',
    truncatedHint: 'Asking for a part of it gives a whole answer.',
    abstained: 'The documents do not answer this.',
    abstainedText: 'Nothing that was found is close enough to the question, so there is no answer rather than a guess.',
    nearest: 'The nearest documents',
    nearness: (score: number, threshold: number) =>
      `The nearest came to ${score.toFixed(2)}; an answer needs ${threshold.toFixed(2)}.`,
    askOtherwise: 'Other words may help, above all those that the documents use.',
    quoted: 'Quoted from the documents. No language model is set up.',
  },

  failed: {
    titles: {
      overloaded: 'The service is busy',
      shutting_down: 'The service is restarting',
      index_empty: 'There are no documents yet',
      embedding_mismatch: 'The index does not fit the embedding model',
      model_files_missing: 'The model\'s files are missing',
      index_unavailable: 'The index cannot be reached',
      embedding_failed: 'The embedding model failed',
      model_busy: 'The model is at its rate limit',
      embedding_busy: 'The embedding model is at its rate limit',
      model_rejected: 'The model refused the request',
      model_failed: 'The model failed',
      timeout: 'This took too long',
      cancelled: 'The answer was stopped',
      invalid_input: 'The service did not take the question',
      body_too_large: 'The conversation is too long to be sent',
      unauthorized: 'You are not signed in',
      forbidden: 'You may not ask here',
      host_not_allowed: 'This address is not allowed',
      gone: 'The rest of the answer is lost',
      session: 'The conversation cannot be continued at the service',
      network: 'The service cannot be reached',
      internal: 'The service has a fault',
      other: 'This went wrong',
    },
    partial: 'What had been answered until then is above.',
    again: 'Asking again may help.',
    notAgain: 'Asking again will not help until this is put right.',
    texts: {
      overloaded: 'All places for questions are taken at the moment.',
      shutting_down: 'It takes no new questions now, and is back in a moment.',
      index_unavailable: 'The store that holds the documents does not answer.',
      embedding_failed: 'Without it the documents cannot be searched by meaning.',
      model_busy: 'Its provider takes no more requests for the moment.',
      embedding_busy: 'Its provider takes no more requests for the moment.',
      model_rejected: 'Its key or its name may be wrong. Whoever runs the service finds the cause in its log.',
      model_failed: 'It broke off, or could not be reached.',
      body_too_large: 'Begin a new chat and ask there.',
      gone: 'The service no longer has it.',
      internal: 'Whoever runs it finds the cause in its log.',
      unauthorized: 'The service, or what stands in front of it, asks for a sign-in. Sign in there and load this page again.',
      forbidden: 'Your sign-in does not allow this. Ask whoever runs the service.',
      host_not_allowed: 'The service does not know the name that is in the address bar. Whoever runs it has to add the name to RAG_ALLOWED_HOSTS.',
      network: 'It does not run, or the network is down.',
    },
    retry: 'Ask again',
    retryIn: (n: number) => `Ask again in ${n} s`,
    reload: 'Load the page again',
    code: (code: string, status: number | null) => (status ? `${code}, status ${status}` : code),
    run: (id: string) => `Run ${id}`,
  },

  service: {
    starting: 'The service is starting',
    startingText: 'This takes a few seconds. The page goes on by itself.',
    notReady: 'The service cannot answer yet',
    emptyText: 'Fill the index with a folder, a file or a website. The page sees it by itself.',
    runThis: 'Run this in the folder of the service:',
    away: 'The service cannot be reached',
    awayText: 'It does not run, or the network is down. It is tried again every few seconds.',
    offline: 'You are offline',
    offlineText: 'Conversations in this browser can still be read.',
    back: 'Connected again',
    copy: 'Copy',
    copied: 'Copied',
  },

  sources: {
    heading: 'Sources',
    ofQuestion: 'For',
    found: (passages: number, documents: number) =>
      `${count(passages, 'passage')} from ${count(documents, 'document')}`,
    none: 'The passages that an answer rests on appear here.',
    nothing: 'Nothing was found.',
    show: 'Show the passages',
    allAnd: (passages: number) => `All ${number(passages)} passages`,
    passage: (n: number, use: string | null) => (use ? `Source ${n}, ${use}` : `Source ${n}`),
    cited: 'cited',
    notCited: 'not cited',
    open: 'Open the source',
    whole: 'Show the whole passage',
    less: 'Show less',
    back: 'Back to the answer',
    page: (n: number) => `page ${n}`,
    alsoIn: (names: string) => `The same is in ${names}`,
    only: 'Ask this document only',
  },

  how: {
    heading: 'How it was found',
    dense: 'By meaning',
    lexical: 'By words',
    fused: 'Together',
    rank: (rank: number, score: number) => `${ordinal(rank)}, score ${score.toFixed(3)}`,
    score: (score: number) => `score ${score.toFixed(3)}`,
    not: 'not found',
    unknown: 'This was not kept with the answer.',
    both: 'Found by meaning and by words',
    denseOnly: 'Found by meaning',
    lexicalOnly: 'Found by words',
  },

  citation: {
    chip: (n: number, title: string) => `Source ${n}: ${title}`,
    weakChip: (n: number, title: string) => `Source ${n}: ${title}, little support`,
    keys: 'Enter opens the source. Down arrow goes to the passage, Escape comes back.',
    /** Where the passages are in a sheet. */
    keysSheet: 'Enter or down arrow shows the passage, Escape comes back.',
    exact: 'This quote is in the source, word for word.',
    support: {
      unknown: 'How much of the statement it has was not kept.',
      high: 'It has what the statement says, as far as words tell.',
      middle: (share: number) => `It has ${percent(share)} of the statement's words. Read it before you rely on this.`,
      low: (share: number) =>
        `It has only ${percent(share)} of the statement's words. The source may not say this.`,
    },
    summary: (all: number, weak: number) =>
      weak
        ? `${count(all, 'citation')}, each quote checked against its source. ${count(weak, 'has', 'have')} little support.`
        : `${count(all, 'citation')}, each quote checked against its source.`,
    noneAtAll: 'This answer cites no source. Check it before you rely on it.',
  },

  actions: {
    copy: 'Copy',
    copied: 'Copied',
    notCopied: 'The browser did not allow copying.',
    again: 'Ask again',
    link: 'Copy link',
    linkHint: 'The link opens this answer in this browser; elsewhere it brings the question',
    linkSession: 'The link opens this answer for your sign-in only; where there is none, for everyone',
    good: 'Good answer',
    bad: 'Bad answer',
    thanks: 'Thank you.',
    comment: 'What should be better?',
    commentGood: 'What was good?',
    commentHint: 'Optional. Kept with the question and the answer.',
    commentMost: (most: number) => `At most ${number(most)} characters.`,
    sendComment: 'Send',
    skipComment: 'No comment',
    feedbackFailed: 'This could not be kept.',
  },

  measures: {
    first: (ms: number) => `first word after ${seconds(ms)}`,
    total: (ms: number) => `${seconds(ms)} in all`,
    search: (name: string) => `search: ${name}`,
    searchTypes: { hybrid: 'meaning and words', dense: 'meaning', lexical: 'words' } as Record<string, string>,
  },

  status: {
    label: 'About this service',
    embeddings: (name: string) => `Embeddings: ${name}`,
    documents: (n: number) => count(n, 'document'),
    chunks: (n: number) => count(n, 'chunk'),
    ingested: (ago: string) => `ingested ${ago}`,
    generation: (n: number) => `generation ${number(n)}`,
    version: (version: string) => `rag-stream ${version}`,
    quotes: (name: string) => `${name}, quotes only`,
  },

  history: {
    heading: 'Conversations',
    none: 'Conversations appear here. They stay in this browser.',
    notLasting: 'This browser keeps nothing for this page: what is not exported is gone when it is closed.',
    noneKept: 'Conversations appear here. The service keeps them.',
    remove: (title: string) => `Delete "${title}"`,
    removeHeading: 'Delete this conversation?',
    removeText: (title: string) => `"${title}" cannot be brought back.`,
    removeYes: 'Delete',
    removeNo: 'Keep',
    removeFailed: 'It could not be deleted.',
    more: 'Older conversations',
    failed: 'The conversations at the service cannot be read.',
    untitled: 'New conversation',
    missing: 'This conversation is not in this browser, and not at the service.',
    today: 'Today',
    earlier: 'Earlier',
  },

  documents: {
    heading: 'Documents',
    text: (documents: number, chunks: number | null) =>
      chunks === null
        ? `${count(documents, 'document')} can be asked about.`
        : `${count(documents, 'document')} in ${count(chunks, 'chunk')} can be asked about.`,
    search: 'Find by title or address',
    found: (n: number, words: string) =>
      n ? `${count(n, 'document')} with "${words}"` : `No document has "${words}" in its title or address.`,
    empty: 'The index has no documents.',
    chunks: (n: number) => count(n, 'chunk'),
    ingested: (ago: string) => `ingested ${ago}`,
    page: (n: number, of: number) => `Page ${number(n)} of ${number(of)}`,
    previous: 'Previous page',
    next: 'Next page',
    loading: 'Loading the documents',
    failed: 'The list of documents cannot be read.',
    retry: 'Try again',
  },

  reader: {
    back: 'All documents',
    original: 'Open the original',
    chunkOf: (n: number, of: number) => `Chunk ${number(n)} of ${number(of)}`,
    before: 'Earlier part',
    after: 'Later part',
    ask: 'Ask this document',
    loading: 'Loading the document',
    failed: 'The document cannot be read.',
    gone: 'The index no longer holds this passage.',
    marked: 'Blue is this chunk. The others, as the search knows them, are shaded in turn.',
  },

  exported: {
    stopped: 'This answer was stopped before its end.',
    failed: (why: string) => `This answer could not be completed: ${why}.`,
  },
};

export type Strings = typeof en;
