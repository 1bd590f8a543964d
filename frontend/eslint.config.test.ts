// @vitest-environment node
import { ESLint } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";

const eslint = new ESLint({ cwd: import.meta.dirname });
const LOADING_MS = 60_000;

/** What is said about a file with this source at this place, by the rules about who may import and touch what. */
async function saidAbout(path: string, source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath: `src/${path}` });
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId?.startsWith("no-restricted-")).map(({ message }) => message);
}

const use = (from: string): string => `import { x } from "${from}";\nexport const y = x;\n`;

describe("the import rules", () => {
  beforeAll(async () => void (await saidAbout("app/X.ts", "")), LOADING_MS);

  it.each([
    ["a feature imports another", "features/rooms/X.ts", use("@/features/messages/listItems"), "Features never import each other"],
    ["a feature reaches another by its folder", "features/rooms/X.ts", use("../messages/listItems"), "by @/"],
    ["a feature imports the app", "features/rooms/X.ts", use("@/app/dialogName"), "Features speak to the state"],
    ["a feature imports the transport", "features/rooms/X.ts", use("@/transport/http"), "Features speak to the state"],
    ["a feature opens a socket", "features/rooms/X.ts", use("socket.io-client"), "Only transport/"],
    ["ui/ imports a feature", "ui/X.ts", use("@/features/rooms/roomWords"), "know nothing of the product"],
    ["ui/ imports the state", "ui/X.ts", use("@/state/drafts"), "know nothing of the product"],
    ["lib/ imports the transport", "lib/X.ts", use("@/transport/http"), "know nothing of the product"],
    ["the state imports React", "state/x.ts", use("react"), "React reads it by use…"],
    ["the state draws", "state/useX.ts", use("@/ui/Button"), "knows no pixels"],
    ["the state imports a feature", "state/x.ts", use("@/features/rooms/roomWords"), "knows no pixels"],
    ["the transport imports the state", "transport/x.ts", use("@/state/drafts"), "only carries"],
    ["the app opens a socket", "app/X.ts", use("socket.io-client"), "Only transport/"],
    ["the state fetches", "state/x.ts", "void fetch('/api');\n", "'fetch'"],
    ["a feature fetches by the window", "features/rooms/X.ts", "void window.fetch('/api');\n", "'window.fetch'"],
    ["a feature follows events", "features/rooms/X.ts", "export const x = new EventSource('/api');\n", "'EventSource'"],
    ["the app opens a WebSocket", "app/X.ts", "export const x = new globalThis.WebSocket('/api');\n", "'globalThis.WebSocket'"],
    ["a feature sends a beacon", "features/rooms/X.ts", "navigator.sendBeacon('/api');\n", "'navigator.sendBeacon'"],
  ])("say when %s", async (_, path, source, words) => {
    expect((await saidAbout(path, source)).join("\n")).toContain(words);
  });

  it.each([
    ["features/rooms/X.ts", use("@/features/rooms/roomWords")],
    ["features/rooms/X.ts", use("@/state/drafts")],
    ["features/rooms/X.ts", use("./roomWords")],
    ["app/X.ts", use("@/features/rooms/roomWords")],
    ["state/x.ts", use("@/transport/http")],
    ["state/useX.ts", use("react")],
    ["transport/x.ts", use("socket.io-client")],
    ["transport/x.ts", "void fetch('/api');\n"],
  ])("leave alone what is right: %s", async (path, source) => {
    expect(await saidAbout(path, source)).toEqual([]);
  });
});
