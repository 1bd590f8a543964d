import { describe, expect, it } from "vitest";
import { aMessage } from "@/state/testMessages";
import { decodeEvent } from "./decode";

describe("decoding", () => {
  it("fills in what the server may leave out and drops what it does not know", () => {
    const { id, room, seq, rev, author, content, client_id, status, created_at } = aMessage(1);
    const decoded = decodeEvent("message", { id, room, seq, rev, author, content, client_id, status, created_at, from_the_future: 1 });
    expect(decoded).toEqual(aMessage(1));
  });

  it("refuses what is not as the schema says, and says where", () => {
    expect(() => decodeEvent("message", { ...aMessage(1), seq: "1" })).toThrow("message.seq: expected integer");
    expect(() => decodeEvent("message", { ...aMessage(1), status: "lost" })).toThrow("message.status");
    expect(() => decodeEvent("typing", { room: "r1", is_typing: true })).toThrow("typing.user");
    expect(() => decodeEvent("setup", null)).toThrow("setup");
  });
});
