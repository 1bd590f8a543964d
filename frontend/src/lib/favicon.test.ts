// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { faviconWith } from "./favicon";

const drawn = (address: string) => new DOMParser().parseFromString(decodeURIComponent(address.replace("data:image/svg+xml,", "")), "image/svg+xml");

describe("the favicon", () => {
  it("is the plain drawing while nothing waits", () => {
    expect(drawn(faviconWith(null)).querySelectorAll("circle")).toHaveLength(4);
  });

  it("has a dot for what is unread, and a number for mentions", () => {
    expect(drawn(faviconWith({ kind: "unread" })).querySelectorAll("circle")).toHaveLength(5);
    expect(drawn(faviconWith({ kind: "mentions", count: 3 })).querySelector("text")?.textContent).toBe("3");
    expect(drawn(faviconWith({ kind: "mentions", count: 12 })).querySelector("text")?.textContent).toBe("9+");
  });
});
