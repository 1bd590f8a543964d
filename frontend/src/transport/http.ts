import type {
  ChangeAgent, ChangeModel, ChangePassword, ChangeRoom, ContextAnswer, CreateAgent, CreateRoom, Credentials, ErrorAnswer, History, Member, MembersAnswer, Message, MessageAnswer,
  ModelHistories, ModelHistory, ModelProgress, ModelTask, ModelTasks, PinsAnswer, ReplyContext, RoomAgentsAnswer, RoomAnswer, RoomsAnswer, RunAnswer, SearchAnswer, SendMessage, Template,
  TemplatesAnswer, UserAnswer,
} from "@/protocol/types";
import { ApiError } from "./ApiError";
import { decodeAnswer } from "./decode";

const TIMEOUT_MS = 15_000;
/** A model that is asked to go ends what it is writing first. */
const UNLOAD_TIMEOUT_MS = 30_000;

async function send(method: string, path: string, body: unknown, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? { Accept: "application/json" } : { Accept: "application/json", "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
    throw new ApiError({
      code: timedOut ? "timeout" : "offline",
      message: timedOut ? "The server took too long to answer. Try again." : "The server cannot be reached. Check your connection and try again.",
    });
  }
}

export async function refusal(response: Response): Promise<ApiError> {
  const answer = (await response.json().catch(() => null)) as Partial<ErrorAnswer> | null;
  const unreadable = { code: "internal", message: `The server answered with an error (${response.status}). Try again in a moment.` };
  return new ApiError(answer?.error?.message ? answer.error : unreadable);
}

export async function request(method: string, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<unknown> {
  const response = await send(method, path, body, timeoutMs);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

const room = (id: string, rest = ""): string => `/api/rooms/${encodeURIComponent(id)}${rest}`;

export const http = {
  register: (body: Credentials) => request("POST", "/api/auth/register", body) as Promise<UserAnswer>,
  login: (body: Credentials) => request("POST", "/api/auth/login", body) as Promise<UserAnswer>,
  logout: () => request("POST", "/api/auth/logout"),
  me: () => request("GET", "/api/auth/me") as Promise<UserAnswer>,
  changeName: (name: string) => request("PATCH", "/api/auth/me", { display_name: name }),
  changePassword: (body: ChangePassword) => request("POST", "/api/auth/password", body),
  sessions: () => request("GET", "/api/auth/sessions"),
  endSession: (id: string) => request("DELETE", `/api/auth/sessions/${encodeURIComponent(id)}`),
  keys: () => request("GET", "/api/keys"),
  createKey: (name: string) => request("POST", "/api/keys", { name }),
  revokeKey: (id: string) => request("DELETE", `/api/keys/${encodeURIComponent(id)}`),
  rooms: () => request("GET", "/api/rooms") as Promise<RoomsAnswer>,
  createRoom: (body: CreateRoom) => request("POST", "/api/rooms", body) as Promise<RoomAnswer>,
  changeRoom: (id: string, body: ChangeRoom) => request("PATCH", room(id), body) as Promise<RoomAnswer>,
  archiveRoom: (id: string, isArchived: boolean) => request(isArchived ? "PUT" : "DELETE", room(id, "/archive")) as Promise<RoomAnswer>,
  deleteRoom: (id: string) => request("DELETE", room(id)),
  muteRoom: (id: string, isMuted: boolean) => request(isMuted ? "PUT" : "DELETE", room(id, "/mute")),
  changeRole: (id: string, user: string, role: Member["role"]) => request("PATCH", room(id, `/members/${encodeURIComponent(user)}`), { role }),
  removeMember: (id: string, user: string) => request("DELETE", room(id, `/members/${encodeURIComponent(user)}`)),
  joinRoom: (id: string) => request("POST", room(id, "/join")) as Promise<RoomAnswer>,
  leaveRoom: (id: string) => request("POST", room(id, "/leave")),
  invite: (id: string, user: string) => request("POST", room(id, "/invite"), { user }),
  members: (id: string) => request("GET", room(id, "/members")) as Promise<MembersAnswer>,
  agents: (id: string) => request("GET", room(id, "/agents")) as Promise<RoomAgentsAnswer>,
  createAgent: (id: string, body: CreateAgent) => request("POST", room(id, "/agents"), body),
  addAgent: (id: string, agent: string) => request("PUT", room(id, `/agents/${encodeURIComponent(agent)}`)),
  removeAgent: (id: string, agent: string) => request("DELETE", room(id, `/agents/${encodeURIComponent(agent)}`)),
  changeAgent: (agent: string, body: ChangeAgent) => request("PATCH", `/api/agents/${encodeURIComponent(agent)}`, body),
  run: (id: string, run: string) => request("GET", room(id, `/runs/${encodeURIComponent(run)}`)) as Promise<RunAnswer>,
  /** For texts too long for one socket frame. */
  postMessage: (body: SendMessage) => request("POST", "/api/chat/message", body) as Promise<MessageAnswer>,
  editMessage: async (id: string, content: string): Promise<Message> => {
    const answer = (await request("PATCH", `/api/chat/message/${encodeURIComponent(id)}`, { content })) as MessageAnswer;
    return decodeAnswer<Message>("Message", answer.message);
  },
  message: async (id: string): Promise<Message> => {
    const answer = (await request("GET", `/api/chat/message/${encodeURIComponent(id)}`)) as MessageAnswer;
    return decodeAnswer<Message>("Message", answer.message);
  },
  context: async (id: string): Promise<ReplyContext | null> =>
    decodeAnswer<ContextAnswer>("ContextAnswer", await request("GET", `/api/chat/message/${encodeURIComponent(id)}/context`)).context,
  pins: async (id: string): Promise<Message[]> => {
    const { messages } = (await request("GET", room(id, "/pins"))) as PinsAnswer;
    return messages.map((message) => decodeAnswer<Message>("Message", message));
  },
  /** Those that one has in a room; without one, outside of rooms. */
  templates: async (room: string): Promise<Template[]> =>
    decodeAnswer<TemplatesAnswer>("TemplatesAnswer", await request("GET", `/api/templates${room ? `?${new URLSearchParams({ room })}` : ""}`)).templates,
  /** The newest page, or the one at `place`. */
  history: async (id: string, place: { before?: number; after?: number; around?: number }, limit: number): Promise<History> => {
    const numbers = Object.entries(place).map(([key, seq]) => [key, String(seq)] as const);
    const query = new URLSearchParams([["room", id], ["limit", String(limit)], ...numbers].map(([key, value]) => [String(key), String(value)]));
    return decodeAnswer<History>("History", await request("GET", `/api/chat/history?${query}`));
  },
  /** The newest page of what is found, or the one after `before`; without a room in all that one is in. */
  search: async (typed: string, mode: SearchAnswer["mode"], room: string | null, before: string | null): Promise<SearchAnswer> => {
    const query = new URLSearchParams({ q: typed, mode, limit: mode === "text" ? "20" : "50", ...(room ? { room } : {}), ...(before ? { before } : {}) });
    return decodeAnswer<SearchAnswer>("SearchAnswer", await request("GET", `/api/chat/search?${query}`));
  },
  /** Begins a load or a download, or joins the one that runs. */
  beginLoad: async (action: ModelProgress["action"], body: ChangeModel): Promise<ModelProgress> =>
    decodeAnswer<ModelTask>("ModelTask", await request("POST", `/api/llm/${action}`, body)).task,
  /** What runs, and what ended in the last minutes, the oldest first. */
  loads: async (): Promise<ModelProgress[]> => decodeAnswer<ModelTasks>("ModelTasks", await request("GET", "/api/llm/loads")).loads,
  modelHistories: async (): Promise<ModelHistory[]> => decodeAnswer<ModelHistories>("ModelHistories", await request("GET", "/api/llm/history")).models,
  cancelLoad: (id: string) => request("DELETE", `/api/llm/loads/${encodeURIComponent(id)}`),
  unloadModel: (body: ChangeModel) => request("POST", "/api/llm/unload", body, UNLOAD_TIMEOUT_MS),
  deleteModel: (id: string) => request("DELETE", `/api/llm/models/${id.split("/").map(encodeURIComponent).join("/")}`),
};

export type Http = typeof http;
