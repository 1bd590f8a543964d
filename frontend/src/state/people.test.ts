import { describe, expect, it } from "vitest";
import type { PersonChanged } from "@/protocol/types";
import { applyServerEvent } from "./dispatch";
import { aMessage, anAppState, aQuote, aRoom, aRoomState, ME } from "./testMessages";

const MIRA = { id: "u2", username: "mira", display_name: "Mira", role: "member" as const, presence: "online" as const, last_read_seq: 0, deactivated: false, is_bot: false };
const changed = (changes: Partial<PersonChanged> = {}): PersonChanged => ({ type: "person_changed", user: { id: "u2", username: "mira", display_name: "Dr. Okafor", role: "member", is_bot: false }, deactivated: false, ...changes });
const receive = (state: ReturnType<typeof anAppState>, payload: PersonChanged) => applyServerEvent(state, { event: "person_changed", payload }, 0);

describe("another name", () => {
  const mine = aMessage(2, { author: { id: ME.id, kind: "person", handle: ME.username, name: ME.display_name, deactivated: false }, quote: aQuote(1) });
  const state = anAppState({
    rooms: { r1: aRoom(), d1: aRoom({ id: "d1", kind: "direct", name: "Mira" }), d2: aRoom({ id: "d2", kind: "direct", name: "Noor" }) },
    roomStates: {
      r1: aRoomState([aMessage(1), mine], { members: [MIRA], typing: { u2: { name: "Mira", until: 5 } }, replyTo: aQuote(1) }),
      d1: aRoomState([], { members: [MIRA] }),
      d2: aRoomState([], { members: [{ ...MIRA, id: "u3", display_name: "Noor" }] }),
    },
  });

  it("stands on old messages, in quotes, among the members, where somebody types and on a direct room", () => {
    const { rooms, roomStates } = receive(state, changed());
    const room = roomStates.r1;
    expect(room?.messages.map((message) => message.author.name)).toEqual(["Dr. Okafor", "Ada"]);
    expect(room?.messages[1]?.quote?.author.name).toBe("Dr. Okafor");
    expect([room?.members[0]?.display_name, room?.typing.u2?.name, room?.replyTo?.author.name]).toEqual(["Dr. Okafor", "Dr. Okafor", "Dr. Okafor"]);
    expect([rooms.d1?.name, rooms.d2?.name, rooms.r1?.name]).toEqual(["Dr. Okafor", "Noor", "general"]);
  });

  it("leaves what others wrote as it is, down to the object", () => {
    const untouched = aMessage(2, { author: mine.author });
    const before = anAppState({ roomStates: { r1: aRoomState([untouched]) } });
    expect(receive(before, changed()).roomStates.r1?.messages[0]).toBe(untouched);
  });

  it("of one's own is one's own, with the role that comes along", () => {
    const me = { ...ME, display_name: "Countess", role: "admin" as const };
    expect(receive(state, changed({ user: me })).session.user).toEqual(me);
    expect(receive(state, changed({ user: me })).rooms.d1?.name).toBe("Mira");
  });

  it("is marked when it is somebody's who can no longer sign in", () => {
    const room = receive(state, changed({ deactivated: true })).roomStates.r1;
    expect([room?.messages[0]?.author.deactivated, room?.members[0]?.deactivated]).toEqual([true, true]);
  });
});
