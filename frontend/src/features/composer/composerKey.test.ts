import { describe, expect, it } from "vitest";
import { composerKey } from "./composerKey";

const key = (name: string, changes: object = {}) => ({ key: name, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, isComposing: false, keyCode: 13, ...changes });

describe("composer keys", () => {
  it("sends with Enter and makes a line with Shift+Enter", () => {
    expect(composerKey(key("Enter"), false)).toBe("send");
    expect(composerKey(key("Enter", { shiftKey: true }), false)).toBe("newline");
  });

  it("swaps them on request, and sends with Ctrl or Cmd either way", () => {
    expect(composerKey(key("Enter"), false, false)).toBe("newline");
    expect(composerKey(key("Enter", { shiftKey: true }), false, false)).toBe("send");
    expect(composerKey(key("Enter", { ctrlKey: true }), false, false)).toBe("send");
    expect(composerKey(key("Enter", { metaKey: true }), false, false)).toBe("send");
    expect(composerKey(key("Enter", { ctrlKey: true }), false)).toBe("send");
    for (const enterSends of [true, false]) expect(composerKey(key("Enter", { altKey: true }), false, enterSends)).toBe("newline");
  });

  it("never sends what an input method is composing", () => {
    expect(composerKey(key("Enter", { isComposing: true }), false)).toBe("none");
    expect(composerKey(key("Enter", { keyCode: 229 }), false)).toBe("none");
    expect(composerKey(key("Enter", { isComposing: true }), true)).toBe("none");
  });

  it("gives the keys to the open list", () => {
    expect(composerKey(key("Enter"), true)).toBe("list-take");
    expect(composerKey(key("Tab"), true)).toBe("list-take");
    expect(composerKey(key("ArrowUp"), true)).toBe("list-up");
    expect(composerKey(key("ArrowDown"), true)).toBe("list-down");
    expect(composerKey(key("Escape"), true)).toBe("list-close");
    expect(composerKey(key("Enter", { shiftKey: true }), true)).toBe("newline");
    expect(composerKey(key("Enter", { ctrlKey: true }), true)).toBe("send");
    expect(composerKey(key("Enter"), true, false)).toBe("list-take");
  });

  it("leaves everything else to the browser", () => {
    expect(composerKey(key("a"), true)).toBe("none");
    expect(composerKey(key("Tab"), false)).toBe("none");
    expect(composerKey(key("ArrowUp"), false)).toBe("none");
  });
});
