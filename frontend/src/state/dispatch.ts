// What each server event means for the state: one case for each, and the compiler finds a missing one.
import { omit } from "@/lib/omit";
import type { LlmStatus, Member, MemberJoined, Message, MessageDeleted, MessageStatusEvent, PresenceEvent, Room, RoomGone, Setup, TypingEvent } from "@/protocol/types";
import type { ServerEvent } from "@/transport/socket";
import { type AppState, EMPTY_ROOM, type RoomState } from "./appState";
import { receiveAction } from "./agentRuns";
import { receiveLoad } from "./loads";
import { receiveDeletion, receiveReaction } from "./messageChanges";
import { receivePerson } from "./people";
import { receiveRead, receiveReader } from "./reading";
import { receiveChunk, receiveMessage, receiveReplyStatus } from "./roomReducer";

/** A typing sign is believed for this long without a new one. */
const TYPING_MS = 5_000;

export function inRoom(state: AppState, room: string, change: (room: RoomState) => RoomState): AppState {
  const known = state.roomStates[room] ?? EMPTY_ROOM;
  const changed = change(known);
  return changed === known ? state : { ...state, roomStates: { ...state.roomStates, [room]: changed } };
}

/** Takes out of the outbox what the server has shown to have. */
export function settleOutbox(state: AppState, messages: readonly Message[]): AppState {
  if (state.outbox.length === 0) return state;
  const me = state.session.user?.id;
  const arrived = new Set(messages.filter((message) => message.author.id === me).map((message) => message.client_id));
  const outbox = state.outbox.filter((item) => !arrived.has(item.clientId));
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}

export function byId(rooms: readonly Room[]): Record<string, Room> {
  return Object.fromEntries(rooms.map((room) => [room.id, room]));
}

/** Also without a new connection, when the server cannot say what it has missed: then nobody was away. */
function onSetup(state: AppState, setup: Setup): AppState {
  const missed = setup.rooms
    .filter((room) => room.is_member && state.rooms[room.id])
    .reduce((sum, room) => sum + Math.max(0, room.last_seq - (state.rooms[room.id]?.last_seq ?? 0)), 0);
  return {
    ...state,
    session: { phase: "signed-in", user: setup.user },
    connection: { phase: "online", caughtUp: state.isSetUp && state.connection.phase !== "online" ? missed : null },
    isSetUp: true,
    rooms: byId(setup.rooms),
    presence: Object.assign({}, state.presence, setup.presence),
    models: setup.models,
    backends: setup.backends,
    defaultModel: setup.default_model,
    server: setup.server,
    failures: {},
    loads: {},
  };
}

/** Whether a message names whoever is signed in. */
export function mentionsMe(state: AppState, message: Message): boolean {
  const name = state.session.user?.username;
  return name !== undefined && new RegExp(`(^|[^\\w@])@${name.replace(/[.]/g, "\\.")}(?![\\w-])`, "i").test(message.content);
}

function counted(state: AppState, message: Message): AppState {
  const room = state.rooms[message.room];
  if (!room || message.seq <= room.last_seq) return state;
  const last_seq = message.seq;
  const isMine = message.author.id === state.session.user?.id;
  const isSeen = state.activeRoom === room.id && state.isReading && !state.roomStates[room.id]?.isHeld;
  const changed: Room = isMine ? { ...room, last_seq, last_read_seq: last_seq, unread: 0, mentions: 0 } : {
    ...room,
    last_seq,
    unread: isSeen ? room.unread : room.unread + 1,
    mentions: !isSeen && mentionsMe(state, message) ? room.mentions + 1 : room.mentions,
  };
  return { ...state, rooms: { ...state.rooms, [room.id]: changed } };
}

function marked(state: AppState, message: Message): AppState {
  const isMine = message.author.id === state.session.user?.id;
  return inRoom(state, message.room, (room) => {
    const typing = omit(room.typing, message.author.id);
    if (isMine) return { ...room, newLineAfter: null, isHeld: false };
    const needsLine = state.activeRoom === message.room && !state.isReading && room.newLineAfter === null;
    return { ...room, typing, newLineAfter: needsLine ? message.seq - 1 : room.newLineAfter };
  });
}

function onMessage(state: AppState, message: Message): AppState {
  const isNew = message.seq > (state.rooms[message.room]?.last_seq ?? 0);
  const next = inRoom(counted(state, message), message.room, (room) => {
    const received = receiveMessage(room, message);
    return message.author.kind === "person" ? receiveReader(received, message.author.id, message.seq) : received;
  });
  return settleOutbox(isNew ? marked(next, message) : next, [message]);
}

/** One unread message less; whoever it named hears the count of mentions from the server. */
function onMessageDeleted(state: AppState, event: MessageDeleted): AppState {
  const next = inRoom(state, event.room, (known) => receiveDeletion(known, event));
  const room = state.rooms[event.room];
  if (!room || event.seq <= room.last_read_seq || room.unread === 0) return next;
  return { ...next, rooms: { ...next.rooms, [room.id]: { ...room, unread: room.unread - 1 } } };
}

function onMessageStatus(state: AppState, event: MessageStatusEvent): AppState {
  const { room, id, status, client_id, error } = event;
  const failed = status === "error" && error;
  const outbox = failed
    ? state.outbox.map((item) => (item.clientId === client_id ? { ...item, state: "failed" as const, error } : item))
    : state.outbox;
  if (status === "read") return inRoom(state, room, (known) => receiveRead(known, id));
  return inRoom({ ...state, outbox }, room, (known) => {
    const index = known.messages.findLastIndex((message) => message.id === id);
    const message = known.messages[index];
    return message && message.status !== status ? { ...known, messages: known.messages.with(index, { ...message, status }) } : known;
  });
}

/** The value without a room, of all jobs together, is for clients that show no rooms. */
function onStatus(state: AppState, status: LlmStatus, now: number): AppState {
  const { room: id, phase } = status;
  if (!id || !status.reply_id) return state;
  const next = inRoom(state, id, (room) => receiveReplyStatus(room, status, now));
  if (phase === "failed") return { ...next, failures: { ...next.failures, [id]: now } };
  return id in next.failures ? { ...next, failures: omit(next.failures, id) } : next;
}

function onTyping(state: AppState, event: TypingEvent, now: number): AppState {
  if (event.user.id === state.session.user?.id) return state;
  return inRoom(state, event.room, (room) => {
    const others = omit(room.typing, event.user.id);
    if (!event.is_typing) return { ...room, typing: others };
    return { ...room, typing: { ...others, [event.user.id]: { name: event.user.display_name, until: now + TYPING_MS } } };
  });
}

function onPresence(state: AppState, event: PresenceEvent): AppState {
  return { ...state, presence: { ...state.presence, [event.user.id]: event.status } };
}

function onMemberJoined(state: AppState, { room, member }: MemberJoined): AppState {
  const known = { ...state, presence: { ...state.presence, [member.id]: member.presence } };
  return inRoom(known, room, (before) => {
    const others = before.members.filter(({ id }) => id !== member.id);
    const isNew = others.length === before.members.length;
    const memberCount = before.memberCount + (isNew ? 1 : 0);
    return { ...receiveReader(before, member.id, member.last_read_seq), members: [...others, member], memberCount };
  });
}

function onMemberUpdated(state: AppState, room: string, member: Member): AppState {
  return inRoom(state, room, (known) => ({ ...known, members: known.members.map((before) => (before.id === member.id ? member : before)) }));
}

/** The own mark only falls where somebody has marked a message as unread, perhaps in another tab. */
function withMark(state: AppState, before: Room | undefined, room: Room): AppState {
  if (!before?.is_member || !room.is_member || room.last_read_seq === before.last_read_seq) return state;
  const isBack = room.last_read_seq < before.last_read_seq;
  const isOpen = state.activeRoom === room.id;
  return inRoom(state, room.id, (known) => (isBack && isOpen ? { ...known, isHeld: true, newLineAfter: room.last_read_seq } : { ...known, isHeld: false }));
}

function onRoomUpdated(state: AppState, room: Room): AppState {
  const marked = withMark(state, state.rooms[room.id], room);
  const next = { ...marked, rooms: { ...marked.rooms, [room.id]: room } };
  // Left in another tab: a room that is not public cannot be joined again from here.
  return room.is_member || canBrowse(state, room) ? next : withoutRoom(next, room.id);
}

/** What is known of the templates of a room, or (null) of all of them, is no longer sure. */
function withOldTemplates(state: AppState, room: string | null): AppState {
  const changed = Object.entries(state.templates).filter(([id]) => room === null || id === room);
  const old = changed.map(([id, known]) => [id, { ...known, phase: "unknown" as const }]);
  return { ...state, templates: { ...state.templates, ...Object.fromEntries(old) } };
}

/** Whatever this person knew of the room; if they may still see it, `room_updated` comes next. */
function onRoomGone(state: AppState, { room }: RoomGone): AppState {
  const left = withoutRoom(state, room);
  return { ...left, rooms: omit(left.rooms, room), outbox: left.outbox.filter((item) => item.room !== room) };
}

/** The state after a server event; `now` is our clock in milliseconds. */
export function applyServerEvent(state: AppState, received: ServerEvent, now: number): AppState {
  switch (received.event) {
    case "setup":
      return withOldTemplates(onSetup(state, received.payload), null);
    case "message":
      return onMessage(state, received.payload);
    case "message_updated": {
      const { message } = received.payload;
      return settleOutbox(inRoom(state, message.room, (room) => receiveMessage(room, message)), [message]);
    }
    case "message_deleted":
      return onMessageDeleted(state, received.payload);
    case "reaction": {
      const reaction = received.payload;
      return inRoom(state, reaction.room, (room) => receiveReaction(room, reaction));
    }
    case "message_status":
      return onMessageStatus(state, received.payload);
    case "typing":
      return onTyping(state, received.payload, now);
    case "presence":
      return onPresence(state, received.payload);
    case "llmStatus":
      return onStatus(state, received.payload, now);
    case "llm_chunk": {
      const chunk = received.payload;
      return chunk.room ? inRoom(state, chunk.room, (room) => receiveChunk(room, chunk)) : state;
    }
    case "agent_action": {
      const action = received.payload;
      return inRoom(state, action.room, (room) => receiveAction(room, action));
    }
    case "room_agents": {
      const { room, agents } = received.payload;
      return inRoom(state, room, (known) => ({ ...known, agents }));
    }
    case "room_updated":
      return onRoomUpdated(state, received.payload.room);
    case "memory_changed":
      return { ...state, memories: { ...state.memories, [received.payload.room]: received.payload.version } };
    case "templates_changed":
      return withOldTemplates(state, received.payload.room);
    case "room_gone":
      return onRoomGone(state, received.payload);
    case "member_updated":
      return onMemberUpdated(state, received.payload.room, received.payload.member);
    case "member_joined":
      return onMemberJoined(state, received.payload);
    case "member_left": {
      const { room, user } = received.payload;
      const next = inRoom(state, room, (known) => ({ ...known, members: known.members.filter(({ id }) => id !== user), memberCount: known.memberCount - 1 }));
      return user === state.session.user?.id ? withoutRoom(next, room) : next;
    }
    case "person_changed":
      return receivePerson(state, received.payload);
    case "signed_out":
      return state; // the session ends, see state/session
    case "models_changed": {
      const { models, backends, default_model } = received.payload;
      return { ...state, models, backends, defaultModel: default_model };
    }
    case "model_progress":
      return receiveLoad(state, received.payload);
    case "queue_changed":
      return { ...state, queues: received.payload.queues, queuesAt: now };
    case "server_restarting":
      return { ...state, connection: { phase: "restarting", caughtUp: null } };
    default:
      return ignoreUnknown(state, received);
  }
}

/** Whether a room that this person is not in can be seen: guests see none. */
function canBrowse(state: AppState, room: Room): boolean {
  return room.kind === "public" && state.session.user?.role !== "guest";
}

export function withoutRoom(state: AppState, id: string): AppState {
  const room = state.rooms[id];
  const rest = omit(state.rooms, id);
  const rooms = room && canBrowse(state, room) ? { ...rest, [id]: { ...room, is_member: false, unread: 0, mentions: 0 } } : rest;
  const roomStates = omit(state.roomStates, id);
  return { ...state, rooms, roomStates, activeRoom: state.activeRoom === id ? null : state.activeRoom };
}

function ignoreUnknown(state: AppState, received: never): AppState {
  console.warn("Ignored an unknown event.", received);
  return state;
}
