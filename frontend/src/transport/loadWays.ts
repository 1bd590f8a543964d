// The three ways to hear how far a load is. Each calls `on` until the end of the load, or once `onBroken`, and then is quiet.
import type { ChangeModel, ModelProgress } from "@/protocol/types";
import { ApiError } from "./ApiError";
import { decodeEvent } from "./decode";
import { http, refusal } from "./http";

export interface LoadRequest extends ChangeModel {
  action: ModelProgress["action"];
}

export interface WayListener {
  on(progress: ModelProgress): void;
  /** The connection broke off, or nothing came through it; null: the server says that the load is over. */
  onBroken(error: ApiError | null): void;
}

/** `id` is the load's, as soon as it is known. Gives what ends it. */
export type Way = (request: LoadRequest, id: string, listener: WayListener) => () => void;

/** An EventSource hides the comments that fill a silence, so it may be silent for this long. */
const SILENT_EVENTS_MS = 10_000;
/** A stream is written to every second. */
const SILENT_STREAM_MS = 6_000;
const POLL_MS = 1_000;

const broken = () => new ApiError({ code: "offline", message: "The server cannot be reached. Check your connection and try again." });

function address({ action, model, backend }: LoadRequest): string {
  const query = new URLSearchParams({ model, ...(backend ? { backend } : {}) });
  return `/api/llm/${action}_stream?${query}`;
}

/** Calls `onSilence` when `heard` was not called for so long. */
function watchSilence(ms: number, onSilence: () => void): { heard: () => void; stop: () => void } {
  let timer = setTimeout(onSilence, ms);
  const stop = () => clearTimeout(timer);
  const heard = () => {
    stop();
    timer = setTimeout(onSilence, ms);
  };
  return { heard, stop };
}

/** Server-sent events. They do not say why a stream was refused, so whoever gets nothing tries the next way. */
export const byEvents: Way = (request, _id, listener) => {
  if (typeof EventSource === "undefined") {
    const timer = setTimeout(() => listener.onBroken(broken()));
    return () => clearTimeout(timer);
  }
  const source = new EventSource(address(request));
  const fail = () => {
    end();
    listener.onBroken(broken());
  };
  const silence = watchSilence(SILENT_EVENTS_MS, fail);
  const end = () => {
    silence.stop();
    source.close();
  };
  source.onmessage = (event: MessageEvent<string>) => {
    silence.heard();
    try {
      listener.on(decodeEvent("model_progress", JSON.parse(event.data)));
    } catch (error) {
      console.error("Dropped a progress that is not as the schema says.", error);
    }
  };
  source.onerror = fail;
  return end;
};

/** The data of the events in a piece of a stream, and what of it is not complete yet. */
export function eventsIn(text: string): { data: string[]; rest: string } {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  const data = blocks.map((block) => block.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim()).join("\n"));
  return { data: data.filter(Boolean), rest };
}

async function readStream(request: LoadRequest, id: string, signal: AbortSignal, heard: () => void, listener: WayListener): Promise<void> {
  const headers = { Accept: "text/event-stream", ...(id ? { "Last-Event-ID": id } : {}) };
  const response = await fetch(address(request), { credentials: "same-origin", headers, signal });
  if (!response.ok) throw await refusal(response);
  if (response.status === 204 || !response.body) return listener.onBroken(null);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    heard();
    const { data, rest } = eventsIn(text + piece.value);
    text = rest;
    for (const one of data) listener.on(decodeEvent("model_progress", JSON.parse(one)));
  }
  throw broken();
}

/** The same stream read by hand: it says why it was refused, and every sign of life is seen. */
export const byStream: Way = (request, id, listener) => {
  const stopped = new AbortController();
  let isOver = false;
  const fail = (error: unknown) => {
    if (isOver) return;
    end();
    listener.onBroken(error instanceof ApiError ? error : broken());
  };
  const silence = watchSilence(SILENT_STREAM_MS, () => fail(broken()));
  const end = () => {
    isOver = true;
    silence.stop();
    stopped.abort();
  };
  const told: WayListener = {
    on: (progress) => { if (!isOver) listener.on(progress); },
    onBroken: (error) => {
      if (isOver) return;
      end();
      listener.onBroken(error);
    },
  };
  readStream(request, id, stopped.signal, silence.heard, told).catch(fail);
  return end;
};

/** Asking again and again; works through everything that lets a request through. */
export const byPolling: Way = (request, id, listener) => {
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  async function look(): Promise<void> {
    try {
      const known = id ? (await http.loads()).find((load) => load.id === id) : await http.beginLoad(request.action, { model: request.model, backend: request.backend ?? null });
      if (isOver) return;
      if (!known) return listener.onBroken(null);
      id = known.id;
      listener.on(known);
      if (!isOver) timer = setTimeout(() => void look(), POLL_MS);
    } catch (error) {
      if (!isOver) listener.onBroken(error instanceof ApiError ? error : broken());
    }
  }
  void look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
