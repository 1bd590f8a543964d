// Values for tests, complete as the wire wants them.
import type { Agent, AgentAction, LlmChunk, LlmStatus, Message, MessageDeleted, ModelInfo, ModelProgress, QueueEntry, Quote, ReplyInfo, Room, RoomMemory, Setup, Template, User } from "@/protocol/types";
import { type AppState, EMPTY_ROOM, INITIAL_STATE, type RoomState } from "./appState";

export const ME: User = { id: "u1", username: "ada", display_name: "Ada", role: "member", is_bot: false };

export function aMessage(seq: number, changes: Partial<Message> = {}): Message {
  return {
    type: "message", id: `m${seq}`, room: "r1", seq, rev: seq, author: { id: "u2", kind: "person", handle: "mira", name: "Mira", deactivated: false }, content: `text ${seq}`,
    client_id: `c${seq}`, status: "delivered", reply_to: null, quote: null, created_at: "2026-01-02T10:00:00.000Z", edited_at: null, deleted_at: null,
    pinned_at: null, pinned_by: null, reactions: [], template: null, llm: null, ...changes,
  };
}

export function aReply(seq: number, phase: ReplyInfo["phase"], changes: Partial<Message> = {}): Message {
  return aMessage(seq, {
    author: { id: "model:llama3", kind: "model", handle: "llama3", name: "llama3", deactivated: false },
    content: "",
    llm: {
      model: "llama3", backend: "ollama", phase, requested_by: "u1", question: null, cached: false, cached_age_seconds: null, cached_since: null, template: null, template_title: null, usage: null,
      tokens_per_second: null, queue_ms: null, load_ms: null, ttft_ms: null, finish: null, error: null, continued: false, goes_on: false, agent: null, run: null, missed: [],
    },
    ...changes,
  });
}

export function anAction(step: number, changes: Partial<AgentAction> = {}): AgentAction {
  return { type: "agent_action", room: "r1", run_id: "n1", reply_id: "m2", agent: "critic", action: "started", detail: "Look.", step, timestamp: "2026-01-02T10:00:00.000Z", ...changes };
}

export function aMemory(changes: Partial<RoomMemory> = {}): RoomMemory {
  return {
    room: "r1", is_on: true, version: 2, kept: "", made: "Elm.", from_seq: 1, up_to_seq: 1_200, is_doubtful: false, model: "llama3", made_at: "2026-01-02T09:00:00.000Z",
    edited_by: null, edited_at: null, can_change: true, max_chars: 4_000, ...changes,
  };
}

export function anAgent(handle: string, changes: Partial<Agent> = {}): Agent {
  return { id: handle, handle, name: handle, description: "", model: "auto", system: "", template: null, speaks: "mention", is_on: true, room: null, created_by: null, ...changes };
}

export function aTemplate(changes: Partial<Template> = {}): Template {
  return {
    id: "summarize", title: "Summarize", description: "Makes it short.", kind: "summarize", domain: "", placeholder: "", body: "{{ content }}", system: "", output: "", variables: [], options: {}, model: null,
    scope: "built_in", room: null, version: 1, updated_at: null, updated_by: null, can_change: false, ...changes,
  };
}

export function aQuote(seq: number, changes: Partial<Quote> = {}): Quote {
  const { id, author, content } = aMessage(seq);
  return { id, seq, author, content, deleted: false, ...changes };
}

export function aDeletion(seq: number, rev: number): MessageDeleted {
  return { type: "message_deleted", room: "r1", id: `m${seq}`, seq, rev, deleted_at: "2026-01-02T11:00:00.000Z" };
}

export function aChunk(reply: string, offset: number, chunk: string): LlmChunk {
  return { type: "llm_chunk", room: "r1", reply_id: reply, request_id: null, data: { chunk, is_final: false }, offset, error: null };
}

export function aStatus(changes: Partial<LlmStatus> = {}): LlmStatus {
  return {
    type: "llmStatus", status: "loading...", room: "r1", reply_id: null, model: "llama3", backend: "ollama", phase: "loading", message: "", progress: null,
    estimated: false, estimated_time: null, estimated_range: null, queue_position: null, tokens_per_second: null, error: null, timestamp: "2026-01-02T10:00:00.000Z", ...changes,
  };
}

export function aModel(changes: Partial<ModelInfo> = {}): ModelInfo {
  return {
    id: "ollama/llama3", name: "llama3", handle: "llama3", backend: "ollama", backend_kind: "ollama", loaded: false, size_bytes: null, context_length: null,
    expires_at: null, capabilities: [], load_ms_estimate: null, load_ms_range: null, ...changes,
  };
}

export function aLoad(changes: Partial<ModelProgress> = {}): ModelProgress {
  return {
    type: "model_progress", id: "l1", action: "load", model: "llama3", backend: "ollama", stage: "loading", pct: null, message: "", estimated: false, eta_seconds: null,
    eta_range: null, bytes_done: null, bytes_total: null, bytes_per_second: null, error: null, timestamp: "2026-01-02T10:00:00.000Z", ...changes,
  };
}

export function aQueueEntry(changes: Partial<QueueEntry> = {}): QueueEntry {
  return { kind: "room", model: "llama3", position: 1, is_mine: false, room: null, reply: null, asked_by: null, is_loading: false, running_seconds: null, start_seconds: null, ...changes };
}

export function aRoom(changes: Partial<Room> = {}): Room {
  return { id: "r1", slug: "general", name: "general", topic: "", kind: "public", is_member: true, unread: 0, mentions: 0, last_seq: 0, last_read_seq: 0, models: [], reply_policy: "mention", stop_policy: "everybody", role: "member", is_archived: false, is_muted: false, partner: null, ...changes };
}

export function aSetup(changes: Partial<Setup> = {}): Setup {
  return { type: "setup", user: ME, rooms: [aRoom()], models: [], backends: [], default_model: null, llm_status: aStatus({ room: null }), presence: {}, server: { version: "1", max_message_chars: 16_000, llm_rate_limit: 10 }, ...changes };
}

/** A room that has been joined and has these messages. */
export function aRoomState(messages: Message[], changes: Partial<RoomState> = {}): RoomState {
  const last = messages.at(-1);
  return { ...EMPTY_ROOM, messages, cursor: { seq: last?.seq ?? 0, rev: last?.rev ?? 0 }, isSynced: true, ...changes };
}

export function anAppState(changes: Partial<AppState> = {}): AppState {
  return { ...INITIAL_STATE, session: { phase: "signed-in", user: ME }, isSetUp: true, connection: { phase: "online", caughtUp: null }, rooms: { r1: aRoom() }, ...changes };
}
