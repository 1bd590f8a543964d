import { describe, expect, it } from "vitest";
import type { Member } from "@/protocol/types";
import { aRoom } from "@/state/testMessages";
import { jumpTargets } from "./jumpTargets";

const ROOMS = [
  aRoom({ id: "r1", name: "general" }), aRoom({ id: "r2", name: "release-4.2" }), aRoom({ id: "r3", name: "design", unread: 2 }),
  aRoom({ id: "r4", name: "mirrors", is_member: false }),
];
const MIRA: Member = { id: "u2", username: "mok", display_name: "Mira Okafor", role: "member", last_read_seq: 0, presence: "online", deactivated: false, is_bot: false };
const names = (typed: string, active: string | null = null) => jumpTargets(ROOMS, [MIRA], typed, active).map((target) => target.name);

describe("where one can jump to", () => {
  it("shows the own rooms before a word is typed, unread ones first and the open one last", () => {
    expect(names("", "r1")).toEqual(["design", "release-4.2", "mirrors", "general"]);
  });

  it("finds rooms and people by a few letters, what is not joined last", () => {
    expect(names("mir")).toEqual(["Mira Okafor", "mirrors"]);
    expect(names("rls")).toEqual(["release-4.2"]);
    expect(names("mok")).toEqual(["Mira Okafor"]);
  });

  it("looks among people or rooms only when asked so", () => {
    expect(names("@")).toEqual(["Mira Okafor"]);
    expect(names("#mir")).toEqual(["mirrors"]);
    expect(names("zzz")).toEqual([]);
  });
});
