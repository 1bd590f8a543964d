import { describe, expect, it } from "vitest";
import type { RoomGone } from "@/protocol/types";
import { applyServerEvent } from "./dispatch";
import { noticeFor } from "./noticeFor";
import { aMessage, anAppState, aRoom, aRoomState, ME } from "./testMessages";

const MIRA = { ...ME, id: "u2", username: "mira", display_name: "Mira" };
const gone = (changes: Partial<RoomGone> = {}) => ({ event: "room_gone" as const, payload: { type: "room_gone" as const, room: "r1", name: "den", reason: "removed" as const, by: MIRA, ...changes } });
const inside = anAppState({ activeRoom: "r1", roomStates: { r1: aRoomState([aMessage(1)]) } });

describe("a room that is gone", () => {
  it("leaves the page with all that was known of it and waited to be sent", () => {
    const outbox = [{ clientId: "c1", room: "r1", content: "hello", createdAt: "2026-01-02T10:00:00.000Z", state: "sending" as const }];
    const after = applyServerEvent({ ...inside, outbox }, gone(), 0);
    expect(after).toMatchObject({ rooms: {}, roomStates: {}, activeRoom: null, outbox: [] });
  });

  it("is told in words, with who did it", () => {
    expect(noticeFor(gone(), inside)).toBe("Mira took you out of #den");
    expect(noticeFor(gone({ reason: "deleted" }), inside)).toBe("Mira deleted #den");
    expect(noticeFor(gone({ reason: "hidden" }), inside)).toBe("#den is private now, and you are not in it");
  });

  it("is nothing to whoever did it, or was neither in it nor looking at it", () => {
    expect(noticeFor(gone({ by: ME }), inside)).toBeNull();
    const outside = anAppState({ rooms: { r1: aRoom({ is_member: false }) } });
    expect(noticeFor(gone({ reason: "deleted" }), outside)).toBeNull();
  });
});
