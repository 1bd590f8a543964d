import { describe, expect, it } from "vitest";
import { aMessage, aReply, aRoom } from "@/state/testMessages";
import { messageRights } from "./messageRights";

const mine = { author: { id: "u1", kind: "person" as const, handle: "ada", name: "Ada", deactivated: false } };
const room = aRoom();
const owned = aRoom({ role: "owner" });

describe("what one may do with a message", () => {
  it("lets its author edit and delete it", () => {
    expect(messageRights(aMessage(1, mine), "u1", room)).toMatchObject({ canEdit: true, canDelete: true, canUnread: false });
    expect(messageRights(aMessage(1), "u1", room)).toMatchObject({ canEdit: false, canDelete: false, canUnread: true });
  });

  it("lets an owner delete what others wrote, but not in a direct room", () => {
    expect(messageRights(aMessage(1), "u1", owned)).toMatchObject({ canEdit: false, canDelete: true });
    expect(messageRights(aMessage(1), "u1", { ...owned, kind: "direct" })).toMatchObject({ canEdit: false, canDelete: false });
  });

  it("lets whoever asked delete a reply once it has ended", () => {
    expect(messageRights(aReply(1, "done"), "u1", room)).toMatchObject({ canEdit: false, canDelete: true });
    expect(messageRights(aReply(1, "generating"), "u1", owned).canDelete).toBe(false);
    expect(messageRights(aReply(1, "done"), "u2", room).canDelete).toBe(false);
  });

  it("leaves stopping to who asked and the owners where the room says so", () => {
    const strict = { ...room, stop_policy: "asker" as const };
    expect(messageRights(aReply(1, "generating"), "u2", room).canStop).toBe(true);
    expect(messageRights(aReply(1, "generating"), "u2", strict).canStop).toBe(false);
    expect(messageRights(aReply(1, "generating"), "u1", strict).canStop).toBe(true);
    expect(messageRights(aReply(1, "generating"), "u2", { ...strict, role: "owner" }).canStop).toBe(true);
  });

  it("lets nobody write in an archived room", () => {
    const archived = { ...owned, is_archived: true };
    expect(messageRights(aMessage(1, mine), "u1", archived)).toMatchObject({ canWrite: false, canEdit: false, canDelete: false });
    expect(messageRights(aMessage(1), "u1", archived).canUnread).toBe(true);
  });
});
