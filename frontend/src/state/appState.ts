import type { Agent, AgentAction, BackendInfo, BackendQueue, ErrorBody, LlmStatus, Member, Message, ModelInfo, ModelProgress, Quote, Room, ServerInfo, SignedOut, Template, User } from "@/protocol/types";
import type { OutboxItem } from "./outbox";

export type Presence = Member["presence"];

/** Why somebody is no longer signed in: what the server said, or nothing where it only knows nobody any more. */
export type SessionEnd = SignedOut["reason"] | "unknown";

/** What is known about a reply beyond its message row while it is being written. `at` is our clock, in ms. */
export interface LiveReply {
  status: LlmStatus | null;
  at: number;
  /** Length of the text so far in Unicode code points, the unit of `llm_chunk.offset`. */
  points: number;
}

export interface RoomState {
  /** Ascending by `seq`, each message once. */
  messages: readonly Message[];
  live: Readonly<Record<string, LiveReply>>;
  /** All `memberCount`, or in a large room the most active ones until `rooms.loadMembers`. */
  members: readonly Member[];
  memberCount: number;
  agents: readonly Agent[];
  /** What agents did, by the id of the run, each in its order; of a run that was not heard from its beginning, a part. */
  runs: Readonly<Record<string, readonly AgentAction[]>>;
  /** Everything up to here has been received; `null` before the first join. */
  cursor: { seq: number; rev: number } | null;
  /** False after a lost connection or a hole in the numbers, until the next join has caught up. */
  isSynced: boolean;
  hasMoreBefore: boolean;
  /** The messages end before the newest one: they are a page of the history. */
  hasMoreAfter: boolean;
  /** The latest changes of messages that are not loaded: a page that is on its way may be older. */
  unseen: readonly Pick<Message, "id" | "rev">[];
  /** Counts how often the messages were replaced by others that do not touch them. */
  page: number;
  /** The message that was asked for by its address, a quote or a pin; until it `isFound` there is nothing to show. */
  target: { id: string; isFound: boolean } | null;
  error: ErrorLike | null;
  /** The "New messages" line stands after this `seq`. */
  newLineAfter: number | null;
  /** It was marked as unread while it is open, and stays so until it is opened again. */
  isHeld: boolean;
  typing: Readonly<Record<string, { name: string; until: number }>>;
  /** Why no model answers a message, by its id. */
  notices: Readonly<Record<string, ErrorBody>>;
  /** The own message whose text is being changed in its place, by its id. */
  editing: string | null;
  /** What the next message of ours will quote. */
  replyTo: Quote | null;
}

/** What was searched for last: the text, and whether in the open room alone. */
export interface Sought {
  typed: string;
  isHere: boolean;
}

export type ErrorLike = Pick<ErrorBody, "code" | "message">;

/** `unknown`: not asked for yet, or changed since; the list is what it was until then. */
export interface Templates {
  phase: "unknown" | "loading" | "failed" | "ready";
  list: readonly Template[];
  error: string | null;
}

export const NO_TEMPLATES: Templates = { phase: "unknown", list: [], error: null };

export interface AppState {
  /** "locked" until a password of one's own replaces one that an admin has given. `ended` is shown at the sign-in form. */
  session: { phase: "unknown" | "signed-out" | "locked" | "signed-in"; user: User | null; ended?: SessionEnd | null };
  connection: { phase: "connecting" | "online" | "offline" | "restarting"; caughtUp: number | null };
  /** True once the first `setup` has arrived. */
  isSetUp: boolean;
  rooms: Readonly<Record<string, Room>>;
  roomStates: Readonly<Record<string, RoomState>>;
  activeRoom: string | null;
  /** The active room is in front of someone: focused and scrolled to its end. */
  isReading: boolean;
  models: readonly ModelInfo[];
  backends: readonly BackendInfo[];
  defaultModel: string | null;
  server: ServerInfo;
  /** What a message can be put into, by rooms ("": outside of them); asked for when it is first needed. */
  templates: Readonly<Record<string, Templates>>;
  /** By room, the version of its note that was last heard of. */
  memories: Readonly<Record<string, number>>;
  /** When (our clock) the last reply of a room failed; gone once another one is at work there. */
  failures: Readonly<Record<string, number>>;
  /** The last load or download of each model, by the id of the model, whether it runs or has ended. */
  loads: Readonly<Record<string, ModelProgress>>;
  /** The ids of those that were begun in this browser. */
  ownLoads: readonly string[];
  /** Who is being answered and who waits, as it was at `queuesAt` (our clock); only while somebody looks at it. */
  queues: readonly BackendQueue[];
  queuesAt: number;
  presence: Readonly<Record<string, Presence>>;
  outbox: readonly OutboxItem[];
  /** Until when (our clock) a room takes no further message of ours. */
  cooldown: Readonly<Record<string, number>>;
  sought: Sought;
}

export const EMPTY_ROOM: RoomState = {
  messages: [],
  live: {},
  members: [],
  memberCount: 0,
  agents: [],
  runs: {},
  cursor: null,
  isSynced: false,
  hasMoreBefore: false,
  hasMoreAfter: false,
  unseen: [],
  page: 0,
  target: null,
  error: null,
  newLineAfter: null,
  isHeld: false,
  typing: {},
  notices: {},
  editing: null,
  replyTo: null,
};

export const INITIAL_STATE: AppState = {
  session: { phase: "unknown", user: null },
  connection: { phase: "connecting", caughtUp: null },
  isSetUp: false,
  rooms: {},
  roomStates: {},
  activeRoom: null,
  isReading: false,
  models: [],
  backends: [],
  defaultModel: null,
  server: { version: "", max_message_chars: 16_000, llm_rate_limit: 0 },
  templates: {},
  memories: {},
  failures: {},
  loads: {},
  ownLoads: [],
  queues: [],
  queuesAt: 0,
  presence: {},
  outbox: [],
  cooldown: {},
  sought: { typed: "", isHere: true },
};
