import { describe, expect, it } from "vitest";
import type { BackendInfo } from "@/protocol/types";
import { mayCancel, mayChange, placeholder, receiveLoad } from "./loads";
import { aLoad, anAppState, ME } from "./testMessages";

const KEY = "ollama/llama3";
const at = (second: number) => `2026-01-02T10:00:0${second}.000Z`;

describe("news of a load by several ways", () => {
  it("takes what is newer, and nothing after its end", () => {
    const newer = receiveLoad(anAppState(), aLoad({ pct: 40, timestamp: at(2) }));
    expect(receiveLoad(newer, aLoad({ pct: 10, timestamp: at(1) }))).toBe(newer);
    const done = receiveLoad(newer, aLoad({ stage: "complete", timestamp: at(3) }));
    expect(receiveLoad(done, aLoad({ pct: 90, timestamp: at(4) }))).toBe(done);
    expect(receiveLoad(done, aLoad({ id: "l0", timestamp: at(1) }))).toBe(done);
    expect(receiveLoad(done, aLoad({ id: "l2", timestamp: at(4) })).loads[KEY]?.id).toBe("l2");
  });

  it("takes the first word of the server for the placeholder", () => {
    const clicked = receiveLoad(anAppState(), placeholder("load", "llama3", "ollama"));
    expect(receiveLoad(clicked, aLoad({ timestamp: at(0) })).loads[KEY]?.id).toBe("l1");
  });
});

describe("who may do what", () => {
  const backend: BackendInfo = { name: "ollama", kind: "ollama", url: "", reachable: true, error: null, abilities: ["load", "unload", "pull", "delete"] };
  const member = anAppState();
  const admin = anAppState({ session: { phase: "signed-in", user: { ...ME, role: "admin" as const } } });

  it("lets anybody load, admins more, nobody what the backend cannot", () => {
    expect((["load", "unload", "pull", "delete"] as const).filter((change) => mayChange(member, change, backend))).toEqual(["load"]);
    expect((["load", "unload", "pull", "delete"] as const).filter((change) => mayChange(admin, change, { ...backend, abilities: ["load", "pull"] }))).toEqual(["load", "pull"]);
    expect(mayChange(admin, "load", { ...backend, reachable: false })).toBe(false);
    expect(mayChange(admin, "load", undefined)).toBe(false);
  });

  it("lets who began a load cancel it while it runs, and an admin", () => {
    expect(mayCancel(member, aLoad())).toBe(false);
    expect(mayCancel({ ...member, ownLoads: ["l1"] }, aLoad())).toBe(true);
    expect(mayCancel(admin, aLoad())).toBe(true);
    expect(mayCancel(admin, aLoad({ stage: "failed" }))).toBe(false);
    expect(mayCancel(admin, placeholder("load", "llama3", "ollama"))).toBe(false);
  });
});
