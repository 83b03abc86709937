/** What the page knows of an answer and of a conversation; docs/http.md has the wire. */

/** A rank and score of one of the searches that found a document; a null rank: not found by it. */
export interface Found {
  rank: number | null;
  score: number;
}

/** A passage that the answer may rest on, as it came in `context`. */
export interface Passage {
  content: string;
  chunkId: string;
  source: string;
  title: string;
  score: number | null;
  found: { dense?: Found; lexical?: Found; fused?: Found };
  /** All of the document's metadata, as it came. */
  metadata: Record<string, unknown>;
}

/** Offsets count characters (code points) of the answer and of the passage's content. */
export interface Citation {
  marker: number;
  answerStart: number;
  answerEnd: number;
  /** Which of the answer's passages. */
  document: number;
  quote: string;
  quoteStart: number;
  quoteEnd: number;
  /** From 0 to 1. Null: not known, as of what a session has kept. */
  support: number | null;
  url: string | null;
}

/** How an answer ended, as it came. */
export interface Status {
  state: 'completed' | 'truncated' | 'abstained';
  finish_reason: string | null;
  run_id: string;
  model: string;
  usage?: Record<string, unknown>;
  timings_ms?: { retrieve?: number; first_token?: number; total?: number };
  index_generation?: number;
  search_type?: string;
  relevance?: { score: number; threshold: number; basis: string };
  nearest?: { source: string; title: string; score: number }[];
  history?: { turns: number; dropped: number };
  session?: { session_id: string; turn: number; stored: boolean };
}

export interface Failure {
  code: string;
  message: string;
  /** Whether asking again may help. */
  retryable: boolean;
  /** Seconds after which, where the service said so. */
  retryAfter: number | null;
  status: number | null;
}

/** Where an answer is: what the page says in words and shows by its look. */
export type Stage =
  | 'searching' // asked, nothing has come
  | 'waiting' // passages are there, no word yet
  | 'answering'
  | 'completed'
  | 'truncated'
  | 'abstained'
  | 'stopped'
  | 'failed'
  | 'offline'; // the connection was lost; it is come back to by itself

export interface Answer {
  runId: string | null;
  /** The number of the last event, to go on from. */
  lastEvent: string | null;
  stage: Stage;
  question: { standalone: string; by: 'history' | 'model' | 'none' } | null;
  passages: Passage[];
  text: string;
  citations: Citation[];
  suggestions: string[];
  status: Status | null;
  failure: Failure | null;
  askedAt: number;
  /** Milliseconds from asking, as this page saw them. */
  firstTokenMs: number | null;
  totalMs: number | null;
  feedback: { score: -1 | 0 | 1; comment: string } | null;
}

/** A question with its answers: one, and one more for each time it was asked anew. */
export interface Turn {
  id: string;
  question: string;
  answers: Answer[];
  /** Which of the answers is shown, and goes into the history. */
  shown: number;
  /** The other wordings of the question, each with all that came of it; see talk/conversation.ts. */
  forks?: Turn[][];
  /** Where among them the shown one stands. */
  fork?: number;
}

export interface Conversation {
  id: string;
  title: string;
  turns: Turn[];
  createdAt: number;
  changedAt: number;
  /** Its session at the service, where sessions are kept. */
  sessionId: string | null;
  /** Sessions there that it was before its path became another one. */
  left?: string[];
}

/** What a question is asked with besides its words. */
export interface Options {
  k: number | null;
  searchType: 'hybrid' | 'dense' | 'lexical' | null;
  /** Equality or one of several, by field: `source`, `title`. */
  filter: Record<string, string[]>;
}

/** `GET /page/info`: what the service says of itself. */
export interface Info {
  version: string;
  ready: boolean;
  /** Why it cannot answer: a code, words, and the command that helps where there is one. */
  obstacles: { code: string; message: string; command: string | null }[];
  model: { name: string; quotes: boolean };
  embeddings: string;
  documents: number | null;
  chunks: number | null;
  generation: number | null;
  /** ISO 8601, of the last ingest. */
  ingested: string | null;
  sessions: boolean;
  feedback: boolean;
  suggestions: number;
  /** Seconds for which an answer may be come back to; 0: not at all. */
  resumeSeconds: number;
  k: { default: number; most: number };
  questionChars: number;
  /** Three questions that the documents answer. */
  examples: string[];
  links: { label: string; href: string }[];
}
