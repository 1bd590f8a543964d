import { describe, expect, it } from "vitest";
import { hiddenTarget } from "./linkTarget";

describe("where a link leads", () => {
  it.each([
    ["https://evil.example/x", "https://bank.example/login", "evil.example"],
    ["https://evil.example/", "bank.example", "evil.example"],
    ["https://evil.example/", "log in at www.bank.example now", "evil.example"],
    ["https://bank.example@evil.example/", "https://bank.example@evil.example/", "evil.example"],
    ["https://user:pass@intranet.example/", "the intranet", "intranet.example"],
    ["https://bаnk.example/", "https://bаnk.example/", "xn--bnk-6cd.example"],
    ["https://evil.example/", "https://moc.knab\u202e", "evil.example"],
    ["https://evil.example/", "b\u200bank.example", "evil.example"],
    ["http://10.0.0.1:8080/", "http://10.0.0.2:8080/", "10.0.0.1:8080"],
    ["mailto:thief@evil.example", "ada@bank.example", "thief@evil.example"],
  ])("%s under %j is shown", (href, text, host) => {
    expect(hiddenTarget(href, text)).toBe(host);
  });

  it.each([
    ["https://bank.example/login", "bank.example"],
    ["https://www.bank.example/login", "https://bank.example/login"],
    ["https://bank.example/", "www.bank.example"],
    ["https://bank.example:8080/a", "bank.example:8080/a"],
    ["https://example.org/a", "the docs"],
    ["https://example.org/a?next=https://example.org/b", "https://example.org/a"],
    ["mailto:ada@bank.example", "ada@bank.example"],
    ["mailto:ada@bank.example", "write to her"],
    ["https://example.org/", ""],
  ])("%s under %j speaks for itself", (href, text) => {
    expect(hiddenTarget(href, text)).toBeNull();
  });

  it("is found behind space that nobody sees", () => {
    expect(hiddenTarget("https://evil.example/", `${" ".repeat(5_000)}bank.example`)).toBe("evil.example");
  });

  it.each(["a", "a.", "a-"])("is told soon under a long text of %j", (part) => {
    const began = performance.now();
    expect(hiddenTarget("https://example.org/", part.repeat(64_000 / part.length))).toBeNull();
    expect(performance.now() - began).toBeLessThan(200);
  });
});
