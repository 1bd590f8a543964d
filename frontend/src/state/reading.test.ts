import { describe, expect, it } from "vitest";
import type { Member, Message } from "@/protocol/types";
import type { AppState } from "./appState";
import { applyServerEvent } from "./dispatch";
import { receiveJoin, receiveMessage } from "./roomReducer";
import { aMessage, anAppState, aReply, aRoom, aRoomState, ME } from "./testMessages";

const mine = (seq: number, changes: Partial<Message> = {}) => aMessage(seq, { author: { id: ME.id, kind: "person", handle: ME.username, name: ME.display_name, deactivated: false }, ...changes });
const member = (id: string, last_read_seq: number): Member => ({ id, username: id, display_name: id, role: "member", last_read_seq, presence: "online", deactivated: false, is_bot: false });
const inState = (messages: Message[]) => anAppState({ rooms: { r1: aRoom({ last_seq: messages.length }) }, roomStates: { r1: aRoomState(messages) } });
const read = (messages: readonly Message[] | undefined) => messages?.filter(({ status }) => status === "read").map(({ seq }) => seq);
const readIn = (state: AppState) => read(state.roomStates.r1?.messages);

describe("what somebody else has read", () => {
  it("is all that one wrote up to the message that the server names", () => {
    const state = inState([mine(1), aMessage(2), aReply(3, "done"), mine(4), mine(5)]);
    const event = { type: "message_status", room: "r1", id: "m4", client_id: "c4", status: "read", error: null } as const;
    const next = applyServerEvent(state, { event: "message_status", payload: event }, 0);
    expect(readIn(next)).toEqual([1, 4]);
    expect(applyServerEvent(next, { event: "message_status", payload: event }, 0)).toBe(next);
  });

  it("is nothing when the named message is not loaded", () => {
    const state = inState([mine(5)]);
    const event = { type: "message_status", room: "r1", id: "m4", client_id: "c4", status: "read", error: null } as const;
    expect(applyServerEvent(state, { event: "message_status", payload: event }, 0)).toBe(state);
  });

  it("is everything before their own message", () => {
    const noor = { id: "u3", kind: "person", handle: "noor", name: "Noor", deactivated: false } as const;
    const state = inState([mine(1), aMessage(2), aReply(3, "done"), mine(4)]);
    const next = applyServerEvent(state, { event: "message", payload: aMessage(5, { author: noor }) }, 0);
    expect(readIn(next)).toEqual([1, 2, 4]);
  });

  it("is nothing when a model answers, or when it is I who write", () => {
    const state = inState([mine(1)]);
    expect(readIn(applyServerEvent(state, { event: "message", payload: aReply(2, "queued") }, 0))).toEqual([]);
    expect(readIn(applyServerEvent(state, { event: "message", payload: mine(2) }, 0))).toEqual([]);
  });

  it("is what was there when they joined", () => {
    const state = inState([mine(1), mine(2)]);
    const next = applyServerEvent(state, { event: "member_joined", payload: { type: "member_joined", room: "r1", member: member("u3", 1) } }, 0);
    expect(readIn(next)).toEqual([1]);
    expect(next.presence.u3).toBe("online");
  });

  it("is learned from the members after a lost connection", () => {
    const before = aRoomState([mine(1), aMessage(2), mine(3), mine(4)], { isSynced: false });
    const members = [member(ME.id, 4), member("u2", 3), member("u3", 0)];
    const room = receiveJoin(before, { ok: true, room: aRoom(), members, seq: 4, rev: 4, messages: [], member_count: 0, agents: [], has_gap: false, active_replies: [] }, 0);
    expect(read(room.messages)).toEqual([1, 2, 3]);
  });

  it("is not taken back by an answer that was made before", () => {
    const room = receiveMessage(aRoomState([mine(1, { status: "read" })]), mine(1));
    expect(read(room.messages)).toEqual([1]);
  });
});
