// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { http } from "@/transport/http";
import { applyServerEvent } from "./dispatch";
import { rooms } from "./rooms";
import { roomStore } from "./roomStore";
import { aRoom, aRoomState } from "./testMessages";

const member = (id: string) => ({ id, username: id, display_name: id, role: "member" as const, presence: "away" as const, last_read_seq: 0, deactivated: false, is_bot: false });

describe("the members of a large room", () => {
  it("are all there once they were asked for", async () => {
    roomStore.update((state) => ({ ...state, roomStates: { r1: aRoomState([], { members: [member("u1")], memberCount: 3 }) } }));
    vi.spyOn(http, "members").mockResolvedValue({ members: [member("u1"), member("u2"), member("u3")], agents: [] });
    await rooms.loadMembers("r1");
    expect(roomStore.get().roomStates.r1?.members).toHaveLength(3);
    expect(roomStore.get().presence.u3).toBe("away");
  });

  it("are counted as they come and go, known or not", () => {
    const room = aRoom();
    const before = { ...roomStore.get(), roomStates: { [room.id]: aRoomState([], { members: [member("u1")], memberCount: 300 }) } };
    const joined = applyServerEvent(before, { event: "member_joined", payload: { type: "member_joined", room: room.id, member: member("u9") } }, 0);
    expect(joined.roomStates[room.id]?.memberCount).toBe(301);
    const left = applyServerEvent(joined, { event: "member_left", payload: { type: "member_left", room: room.id, user: "u77" } }, 0);
    expect(left.roomStates[room.id]).toMatchObject({ memberCount: 300, members: [member("u1"), member("u9")] });
  });
});
