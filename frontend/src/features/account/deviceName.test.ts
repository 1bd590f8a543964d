import { expect, it } from "vitest";
import { deviceName } from "./deviceName";

it("names browser and system, and programs by their first word", () => {
  expect(deviceName("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")).toBe("Firefox on Linux");
  expect(deviceName("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0")).toBe("Edge on Windows");
  expect(deviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1")).toBe("Safari on iOS");
  expect(deviceName("python-requests/2.32")).toBe("python-requests");
  expect(deviceName("")).toBe("Unknown device");
});
