import { describe, expect, it } from "vitest";
import { aMessage, aReply } from "@/state/testMessages";
import { messageRights } from "./messageRights";

const mine = { author: { id: "u1", kind: "person" as const, handle: "ada", name: "Ada" } };

describe("what one may do with a message", () => {
  it("lets its author edit and delete it", () => {
    expect(messageRights(aMessage(1, mine), "u1", "member", "public")).toEqual({ canEdit: true, canDelete: true });
    expect(messageRights(aMessage(1), "u1", "member", "public")).toEqual({ canEdit: false, canDelete: false });
  });

  it("lets an owner delete what others wrote, but not in a direct room", () => {
    expect(messageRights(aMessage(1), "u1", "owner", "private")).toEqual({ canEdit: false, canDelete: true });
    expect(messageRights(aMessage(1), "u1", "owner", "direct")).toEqual({ canEdit: false, canDelete: false });
  });

  it("lets whoever asked delete a reply once it has ended", () => {
    expect(messageRights(aReply(1, "done"), "u1", "member", "public")).toEqual({ canEdit: false, canDelete: true });
    expect(messageRights(aReply(1, "generating"), "u1", "owner", "public").canDelete).toBe(false);
    expect(messageRights(aReply(1, "done"), "u2", "member", "public").canDelete).toBe(false);
  });
});
