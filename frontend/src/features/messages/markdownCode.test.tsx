import { render, renderHook, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useMarkdownReady } from "./markdownCode";
import { MessageContent } from "./MessageContent";

describe("the code for Markdown", () => {
  it("draws at once, without a plain text before it, when it was waited for", async () => {
    // So that it does not take longer than it is waited for, on a busy machine.
    await import("./Markdown");
    await import("./Markdown"); // read and compiled, so that a busy machine is within the patience below
    const { result } = renderHook(useMarkdownReady);
    expect(result.current).toBe(false);
    await waitFor(() => expect(result.current).toBe(true));
    render(<MessageContent text="a **bold** word" isStreaming={false} />);
    expect(screen.getByText("bold").tagName).toBe("STRONG");
    expect(renderHook(useMarkdownReady).result.current).toBe(true);
  }, 20_000);
});
