// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { loadOutbox, type OutboxItem, saveOutbox, takenOut } from "./outbox";

const item = (clientId: string, second: number): OutboxItem => ({ clientId, room: "r1", content: clientId, createdAt: `2026-01-02T10:00:0${second}.000Z`, state: "sending" });

describe("outbox storage", () => {
  beforeEach(() => localStorage.clear());

  it("survives a reload in the order of writing", () => {
    saveOutbox(localStorage, "u1", [], [item("b", 1), item("a", 2)]);
    expect(loadOutbox(localStorage, "u1").map(({ clientId }) => clientId)).toEqual(["b", "a"]);
  });

  it("forgets what was sent", () => {
    const both = [item("a", 1), item("b", 2)];
    saveOutbox(localStorage, "u1", [], both);
    saveOutbox(localStorage, "u1", both, both.slice(1));
    expect(loadOutbox(localStorage, "u1")).toEqual(both.slice(1));
  });

  it("keeps what another tab has added", () => {
    saveOutbox(localStorage, "u1", [], [item("other", 1)]);
    saveOutbox(localStorage, "u1", [], [item("mine", 2)]);
    expect(loadOutbox(localStorage, "u1")).toHaveLength(2);
  });

  it("does not show one person what another has written", () => {
    saveOutbox(localStorage, "u1", [], [item("a", 1)]);
    expect(loadOutbox(localStorage, "u2")).toEqual([]);
  });

  it("hears when another tab has sent or deleted one", () => {
    expect(takenOut({ key: "roundtable.outbox.u1.a", newValue: null }, "u1")).toBe("a");
    expect(takenOut({ key: "roundtable.outbox.u1.a", newValue: "{}" }, "u1")).toBeNull();
    expect(takenOut({ key: "roundtable.outbox.u2.a", newValue: null }, "u1")).toBeNull();
  });

  it("passes over what it cannot read", () => {
    localStorage.setItem("roundtable.outbox.u1.x", "{broken");
    localStorage.setItem("roundtable.outbox.u1.y", '{"clientId":"y"}');
    expect(loadOutbox(localStorage, "u1")).toEqual([]);
  });

  it("goes on when the storage is full", () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const full = { getItem: () => null, key: () => null, length: 0, removeItem: () => undefined, setItem: () => { throw new Error("QuotaExceeded"); } };
    expect(() => saveOutbox(full, "u1", [], [item("a", 1)])).not.toThrow();
  });
});
