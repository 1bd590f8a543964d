import { describe, expect, it } from "vitest";
import type { Message, Room } from "@/protocol/types";
import { mentionNotice } from "./mentionNotice";
import { aMessage, anAppState, ME } from "./testMessages";

const state = anAppState();
const room = Object.values(state.rooms)[0] as Room;
const heard = (changes: Partial<Message>, roomChanges: Partial<Room> = {}) => {
  const known = { ...room, last_seq: 4, ...roomChanges };
  return mentionNotice({ event: "message", payload: aMessage(5, { room: room.id, ...changes }) }, { ...state, rooms: { [room.id]: known } });
};

describe("a notice on the desktop", () => {
  it("tells of a message that names me, and where it is", () => {
    expect(heard({ content: "@ada  could you\nlook?" })).toEqual({
      id: "m5", title: `Mira in #${room.name}`, body: "@ada could you look?", address: `/rooms/${room.slug}?message=m5`,
    });
  });

  it("tells of every direct message", () => {
    expect(heard({ content: "lunch?" }, { kind: "direct" })?.title).toBe("Mira");
  });

  it("tells of a muted room only what names me", () => {
    expect(heard({ content: "lunch?" }, { kind: "direct", is_muted: true })).toBeNull();
    expect(heard({ content: "@ada lunch?" }, { is_muted: true })?.body).toBe("@ada lunch?");
  });

  it.each([
    ["others", { content: "@mira look" }],
    ["nobody", { content: "look" }],
    ["me, written by me", { content: "@ada look", author: { id: ME.id, kind: "person" as const, handle: "ada", name: "Ada", deactivated: false } }],
    ["me, written by a model", { content: "@ada look", author: { id: "model:x", kind: "model" as const, handle: "x", name: "x", deactivated: false } }],
    ["me, long ago", { content: "@ada look", seq: 3 }],
  ])("is silent about messages that name %s", (_, changes) => {
    expect(heard(changes)).toBeNull();
  });

  it("is silent about rooms that one is not in", () => {
    expect(heard({ content: "@ada" }, { is_member: false })).toBeNull();
  });
});
