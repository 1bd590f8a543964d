import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { CodeBlock } from "./CodeBlock";
import { highlight } from "./highlight";

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}`).join("\n");

describe("code", () => {
  it("shows the begin of long code until all of it is asked for", async () => {
    const { container } = render(<CodeBlock text={lines(5_000)} language="" isStreaming={false} />);
    const shown = () => container.querySelector("pre")?.textContent ?? "";
    expect(shown()).toContain("line 60");
    expect(shown()).not.toContain("line 61");
    await userEvent.click(screen.getByRole("button", { name: "Show all 5,000 lines" }));
    expect(shown()).toContain("line 5000");
    await userEvent.click(screen.getByRole("button", { name: "Show fewer lines" }));
    expect(shown()).not.toContain("line 5000");
  });

  it("shows the end of long code while it is being written", () => {
    const { container } = render(<CodeBlock text={lines(500)} language="" isStreaming />);
    expect(container.querySelector("pre")?.textContent).toMatch(/^line 441\n[^]*line 500$/);
  });

  it("folds nothing that is not long", () => {
    render(<CodeBlock text={lines(120)} language="" isStreaming={false} />);
    expect(screen.queryByTestId("code-fold")).toBeNull();
  });

  it("copies all of it, as it was written", async () => {
    const user = userEvent.setup();
    const text = `${lines(200)}\nif (isAdmin) {\u202e} // ok`;
    const { container } = render(<CodeBlock text={text} language="" isStreaming={false} />);
    await user.click(screen.getByTestId("code-fold"));
    expect(container.querySelector("pre")?.textContent).toContain("{⟨U+202E⟩}");
    await user.click(screen.getByTestId("copy-code"));
    expect(await navigator.clipboard.readText()).toBe(text);
  });

  it.each(["python", "js", "tsx", "C++", "html", "Dockerfile", "kotlin", "cs", "ruby", "ps1", "nix", "tex", "md"])("knows %s", async (language) => {
    expect(await highlight("# x\nFROM a", language)).not.toBeNull();
  });

  it("leaves a language plain that it does not know", async () => {
    expect(await highlight("x", "klingon")).toBeNull();
  });
});
