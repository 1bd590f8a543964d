import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { HandlesContext } from "./HandlesContext";
import Markdown from "./Markdown";

const draw = (text: string, isStreaming = false) => render(<Markdown text={text} isStreaming={isStreaming} />).container;

describe("Markdown of strangers", () => {
  it("shows raw HTML as text", () => {
    const box = draw('<script>alert(1)</script> <img src=x onerror=alert(1)> <b onclick="x()">hi</b>');
    expect(box.querySelector("script, img, b")).toBeNull();
    expect(box.textContent).toContain("<script>alert(1)</script>");
  });

  it.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", " javascript:alert(1)", "java\nscript:alert(1)", "/relative", "//host/x"])("makes no link of %s", (url) => {
    expect(draw(`[here](<${url.replace("\n", "&#10;")}>)`).querySelector("a[href]")).toBeNull();
  });

  it("opens links elsewhere and shows their target", () => {
    draw("[docs](https://example.org/a)");
    const link = screen.getByRole("link", { name: "docs" });
    expect(link.getAttribute("href")).toBe("https://example.org/a");
    expect(link.getAttribute("target")).toBe("_blank");
    expect(link.getAttribute("rel")).toBe("noopener noreferrer");
    expect(link.getAttribute("title")).toBe("https://example.org/a");
  });

  it("never loads an image; its text and address are shown", () => {
    const box = draw("![a cat](https://evil.example/track.png)");
    expect(box.querySelector("img")).toBeNull();
    expect(box.textContent).toContain("a cat");
    expect(box.textContent).toContain("https://evil.example/track.png");
  });

  it("shows code with its language and a copy button", () => {
    const box = draw("```python\nprint(1)\n```");
    expect(box.querySelector("pre code")?.textContent).toBe("print(1)");
    expect(screen.getByRole("button", { name: "Copy code" })).toBeTruthy();
    expect(box.textContent).toContain("python");
  });

  it("keeps code in a sentence in the sentence", () => {
    expect(draw("use `v1` rows").querySelector("pre")).toBeNull();
  });

  it("draws tables, lists and struck text", () => {
    const box = draw("| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n\n~~no~~");
    expect(box.querySelectorAll("td")).toHaveLength(2);
    expect(box.querySelector("li input")).toBeTruthy();
    expect(box.querySelector("del")).toBeTruthy();
  });

  it("marks those who are in the room and links the rooms that one may see, but not in code", () => {
    const handles = { all: new Set(["llama3", "ada"]), mine: "ada", rooms: new Map([["general", "general"]]) };
    const { container } = render(<HandlesContext value={handles}><Markdown text="**@ada** ask @llama3, not `@llama3` or me@llama3.org or @nobody in #general or #secret" isStreaming={false} /></HandlesContext>);
    expect([...container.querySelectorAll(".mention")].map((mention) => mention.textContent)).toEqual(["@ada", "@llama3", "#general"]);
    expect(container.querySelector("a.room")?.getAttribute("href")).toBe("/rooms/general");
  });
});
