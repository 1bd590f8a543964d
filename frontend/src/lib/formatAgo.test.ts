import { expect, it } from "vitest";
import { formatAgo } from "./formatAgo";

it("names the largest unit that has passed once", () => {
  const now = Date.parse("2026-01-10T12:00:00Z");
  const ago = (iso: string) => formatAgo(iso, now);
  expect([ago("2026-01-10T11:59:30Z"), ago("2026-01-10T11:55:00Z"), ago("2026-01-10T09:30:00Z"), ago("2026-01-09T11:00:00Z"), ago("2026-01-10T12:00:05Z")])
    .toEqual(["just now", "5 minutes ago", "2 hours ago", "yesterday", "just now"]);
});
