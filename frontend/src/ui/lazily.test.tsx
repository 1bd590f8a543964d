import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lazily } from "./lazily";

describe("a part that is loaded with its first use", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("keeps what stands in its place while it cannot be loaded, and comes when it can", async () => {
    const load = vi.fn<() => Promise<{ default: () => string }>>().mockRejectedValue(new TypeError("Failed to fetch"));
    const Part = lazily(load);
    render(<Suspense fallback="the button"><Part /></Suspense>);
    await act(() => vi.advanceTimersByTimeAsync(3_600_000));
    expect(screen.getByText("the button")).toBeTruthy();
    expect(load.mock.calls.length).toBeGreaterThan(3_600 / 45 - 1);
    expect(load.mock.calls.length).toBeLessThan(3_600 / 15 + 6);
    load.mockResolvedValue({ default: () => "the menu" });
    await act(() => vi.advanceTimersByTimeAsync(45_000));
    expect(screen.getByText("the menu")).toBeTruthy();
  });
});
