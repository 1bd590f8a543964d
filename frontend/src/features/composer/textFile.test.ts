import { describe, expect, it } from "vitest";
import { readTextFile } from "./readTextFile";
import { fenced, languageOf, withFiles } from "./textFile";

const file = (name: string, ...parts: (string | Uint8Array<ArrayBuffer>)[]) => new File(parts, name);
const refusalOf = async (given: File, limit = 100) => {
  const read = await readTextFile(given, limit);
  return "refusal" in read ? read.refusal : null;
};

describe("a text file in a message", () => {
  it("is code with the file's name and language", () => {
    expect(fenced({ id: "1", name: "importer.py", text: "row = 1\n" })).toBe("`importer.py`\n```python\nrow = 1\n```");
    expect(fenced({ id: "1", name: "notes.txt", text: "hello" })).toBe("`notes.txt`\n```\nhello\n```");
  });

  it("cannot break out of its block, whatever it is called and says", () => {
    expect(fenced({ id: "1", name: "a`b\nc.md", text: "```js\nx\n```\n````" })).toBe("`a b c.md`\n`````markdown\n```js\nx\n```\n````\n`````");
  });

  it("follows what was written", () => {
    const one = { id: "1", name: "a.sql", text: "select 1" };
    expect(withFiles(" why? ", [one])).toBe("why?\n\n`a.sql`\n```sql\nselect 1\n```");
    expect(withFiles("", [one])).toBe(fenced(one));
    expect(withFiles("why?", [])).toBe("why?");
  });

  it("has a language by the end of its name", () => {
    for (const [name, language] of [["x.tsx", "tsx"], ["Dockerfile", "dockerfile"], ["README", ""], ["x.tar.gz", "gz"], ["x.YML", "yaml"]] as const) expect(languageOf(name)).toBe(language);
  });

  it("is read with one kind of line end", async () => {
    expect(await readTextFile(file("a.txt", "one\r\ntwo\rthree"), 100)).toMatchObject({ file: { name: "a.txt", text: "one\ntwo\nthree" } });
  });

  it("is refused in words when it is no text, empty or too large", async () => {
    expect(await refusalOf(file("photo.png", new Uint8Array([0x89, 0x50, 0x4e, 0x47])))).toBe("photo.png is not a text file. Only text fits into a message.");
    expect(await refusalOf(file("a.bin", "a\0b"))).toContain("is not a text file");
    expect(await refusalOf(file("a.txt", " \n"))).toBe("a.txt is empty.");
    expect(await refusalOf(file("a.txt", "x".repeat(101)))).toBe("a.txt is too large: a message has at most 100 characters.");
    expect(await refusalOf(file("a.txt", "👋".repeat(100)))).toBeNull();
    expect(await refusalOf(file("a.txt", "x".repeat(1000)))).toContain("is too large");
  });
});
