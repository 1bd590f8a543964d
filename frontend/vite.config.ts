import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, import.meta.dirname, "VITE_");
  const server = env.VITE_SERVER ?? "http://127.0.0.1:5000";
  // The server compares Origin with Host, so both must name the server.
  const proxied = { target: server, changeOrigin: true, headers: { origin: server } };
  return {
    plugins: [react()],
    resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
    server: {
      port: Number(env.VITE_PORT ?? 5173),
      proxy: { "/api": proxied, "/healthz": proxied, "/m/": proxied, "/socket.io": { ...proxied, ws: true } },
    },
    build: {
      target: "es2022",
      manifest: true,
      assetsInlineLimit: 0,
      // The policy of the server allows no inline script, and all supported browsers know modulepreload.
      modulePreload: { polyfill: false },
    },
    test: {
      setupFiles: ["src/lib/testSetup.ts"],
      restoreMocks: true,
      css: false,
      maxWorkers: "100%",
      // A page takes longer to make than most tests take; those of plain functions that need one say so at their top.
      projects: [
        { extends: true, test: { name: "with a page", include: ["**/*.test.tsx"], environment: "happy-dom" } },
        { extends: true, test: { name: "plain", include: ["**/*.test.ts"], environment: "node" } },
      ],
    },
  };
});
