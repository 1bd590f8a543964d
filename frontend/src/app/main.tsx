import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@/styles/tokens.css";
import "@/styles/base.css";
import "@/styles/forced.css";
import "@/ui/ui.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "@/lib/theme";
import { session } from "@/state/session";
import { App } from "./App";

async function start(root: HTMLElement): Promise<void> {
  theme.start();
  const fixture = import.meta.env.DEV ? new URLSearchParams(location.search).get("fixture") : null;
  if (import.meta.env.DEV && fixture) (await import("./fixtures/showFixture")).showFixture(fixture);
  else void session.start();
  createRoot(root).render(<StrictMode><App /></StrictMode>);
}

const root = document.getElementById("root");
if (root) void start(root);
