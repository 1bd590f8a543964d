import type {
  ChangeRoom, CreateRoom, Credentials, ErrorAnswer, History, MembersAnswer, Message, MessageAnswer, RoomAnswer, RoomsAnswer, SendMessage, UserAnswer,
} from "@/protocol/types";
import { ApiError } from "./ApiError";
import { decodeAnswer } from "./decode";

const TIMEOUT_MS = 15_000;

async function send(method: string, path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined ? { Accept: "application/json" } : { Accept: "application/json", "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (cause) {
    const timedOut = cause instanceof DOMException && cause.name === "TimeoutError";
    throw new ApiError({
      code: timedOut ? "timeout" : "offline",
      message: timedOut ? "The server took too long to answer. Try again." : "The server cannot be reached. Check your connection and try again.",
    });
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const answer = (await response.json().catch(() => null)) as Partial<ErrorAnswer> | null;
  const unreadable = { code: "internal", message: `The server answered with an error (${response.status}). Try again in a moment.` };
  return new ApiError(answer?.error?.message ? answer.error : unreadable);
}

async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await send(method, path, body);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

const room = (id: string, rest = ""): string => `/api/rooms/${encodeURIComponent(id)}${rest}`;

export const http = {
  register: (body: Credentials) => request("POST", "/api/auth/register", body) as Promise<UserAnswer>,
  login: (body: Credentials) => request("POST", "/api/auth/login", body) as Promise<UserAnswer>,
  logout: () => request("POST", "/api/auth/logout"),
  me: () => request("GET", "/api/auth/me") as Promise<UserAnswer>,
  sessions: () => request("GET", "/api/auth/sessions"),
  endSession: (id: string) => request("DELETE", `/api/auth/sessions/${encodeURIComponent(id)}`),
  keys: () => request("GET", "/api/keys"),
  createKey: (name: string) => request("POST", "/api/keys", { name }),
  revokeKey: (id: string) => request("DELETE", `/api/keys/${encodeURIComponent(id)}`),
  rooms: () => request("GET", "/api/rooms") as Promise<RoomsAnswer>,
  createRoom: (body: CreateRoom) => request("POST", "/api/rooms", body) as Promise<RoomAnswer>,
  changeRoom: (id: string, body: ChangeRoom) => request("PATCH", room(id), body) as Promise<RoomAnswer>,
  removeMember: (id: string, user: string) => request("DELETE", room(id, `/members/${encodeURIComponent(user)}`)),
  joinRoom: (id: string) => request("POST", room(id, "/join")) as Promise<RoomAnswer>,
  leaveRoom: (id: string) => request("POST", room(id, "/leave")),
  invite: (id: string, user: string) => request("POST", room(id, "/invite"), { user }),
  members: (id: string) => request("GET", room(id, "/members")) as Promise<MembersAnswer>,
  /** For texts too long for one socket frame. */
  postMessage: (body: SendMessage) => request("POST", "/api/chat/message", body) as Promise<MessageAnswer>,
  editMessage: async (id: string, content: string): Promise<Message> => {
    const answer = (await request("PATCH", `/api/chat/message/${encodeURIComponent(id)}`, { content })) as MessageAnswer;
    return decodeAnswer<Message>("Message", answer.message);
  },
  history: async (id: string, before: number, limit: number): Promise<History> => {
    const query = new URLSearchParams({ room: id, before: String(before), limit: String(limit) });
    return decodeAnswer<History>("History", await request("GET", `/api/chat/history?${query}`));
  },
};

export type Http = typeof http;
