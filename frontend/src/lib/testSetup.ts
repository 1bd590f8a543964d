import { afterEach } from "vitest";

if (globalThis.document) {
  const { cleanup } = await import("@testing-library/react");
  afterEach(() => {
    cleanup();
    localStorage.clear();
  });
}
