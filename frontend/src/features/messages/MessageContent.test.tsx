import { render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { MessageContent } from "./MessageContent";

vi.mock("./Markdown", () => ({ default: () => { throw new Error("cannot draw this"); } }));

describe("a message that cannot be drawn", () => {
  it("shows as plain text and leaves the others alone", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { container, findAllByText } = render(<><MessageContent text="**bad** one" isStreaming={false} /><MessageContent text="good one" isStreaming={false} /></>);
    await findAllByText("**bad** one");
    expect(container.textContent).toContain("good one");
  });

  it("keeps the lines and paragraphs of plain text", () => {
    const { container } = render(<MessageContent text={"one\ntwo\n\nthree"} isStreaming={false} />);
    expect([...container.querySelectorAll("p")].map((part) => part.textContent)).toEqual(["one\ntwo", "three"]);
  });
});
