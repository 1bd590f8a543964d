import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import Markdown from "./Markdown";

/** The formulas of a text, each with "display" or "inline", and the text with them taken out. */
function read(text: string, isStreaming = false) {
  const box = render(<Markdown text={text} isStreaming={isStreaming} />).container;
  const found = [...box.querySelectorAll('[data-testid="formula-source"], [data-testid="formula"]')];
  return { formulas: found.map((one) => [one.classList.contains("display") ? "display" : "inline", one.textContent]), box };
}

describe("formulas in Markdown", () => {
  it.each([
    ["area $\\pi r^2$ of it", [["inline", "$\\pi r^2$"]]],
    ["so \\(x_1 < y\\), then", [["inline", "\\(x_1 < y\\)"]]],
    ["$$\nx = 1\n\n+ 2\n$$", [["display", "$$\nx = 1\n+ 2\n$$"]]],
    ["$$ e = mc^2 $$", [["display", "$$ e = mc^2 $$"]]],
    ["$$ \\begin{aligned}\na &= b \\\\\n- c\n\\end{aligned} $$", [["display", "$$ \\begin{aligned}\na &= b \\\\\n- c\n\\end{aligned} $$"]]],
    ["\\[\n\\int_0^1 x\\,dx\n\\]", [["display", "\\[\n\\int_0^1 x\\,dx\n\\]"]]],
    ["\\[ a^2 + b^2 \\]", [["display", "\\[ a^2 + b^2 \\]"]]],
    ["where\n$$\nx\n$$\nholds", [["display", "$$\nx\n$$"]]],
    ["- one\n  $$\n  x\n  $$\n- two $y$", [["display", "$$\nx\n$$"], ["inline", "$y$"]]],
    ["> $$\n> x\n> $$", [["display", "$$\nx\n$$"]]],
    ["| a |\n|---|\n| $x$ |", [["inline", "$x$"]]],
    ["**so $a*b*c$ it is**", [["inline", "$a*b*c$"]]],
    ["a $\\text{cost } \\$5$ b", [["inline", "$\\text{cost } \\$5$"]]],
    ["over $a +\nb$ lines", [["inline", "$a +\nb$"]]],
    ["```math\n\\frac12\n```", [["display", "\\frac12"]]],
    ["$5x + 3 = 10$", [["inline", "$5x + 3 = 10$"]]],
    ["($n$-th) and $n$.", [["inline", "$n$"], ["inline", "$n$"]]],
  ])("%j has %j", (text, formulas) => {
    expect(read(text).formulas).toEqual(formulas);
  });

  it.each([
    "It costs $5 and $10.", "between $5-$10", "$5, $10 or 20$", "$10 million in 2020 and 5$", "US$5 to US$9", "$HOME/$USER and $PATH", "a $ b $ c",
    "\\$x\\$", "`$x$`", "```\n$$\nx\n$$\n```", "see \\[1\\]", "\\[x\\](https://example.org)", "f\\(", "$", "$$$$", "\\(", "\\[WIP\\] fix it",
    "echo $a$b", "pay $5k (or $1k/$2k)", "$x", "$$x", "$ x$", "$x $",
  ])("%j has none", (text) => {
    const { formulas } = read(text);
    expect(formulas).toEqual([]);
  });

  it.each(["$$", "\\["])("%j alone shows as itself", (text) => {
    expect(read(text).box.textContent).toBe(text);
  });

  it("reads a formula without an end up to the end of its list, and no further", () => {
    expect(read("- $$\n  x\n\nafter **it**").box.querySelector("strong")?.textContent).toBe("it");
  });
});
