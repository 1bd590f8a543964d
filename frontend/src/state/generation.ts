import type { GenerationOptions, ModelInfo } from "@/protocol/types";
import { kept } from "./kept";
import { createStore } from "./createStore";
import { shortHandle } from "./shortHandle";

export const OPTION_NAMES = ["temperature", "max_tokens", "top_p", "frequency_penalty", "presence_penalty"] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

/** How models are asked from a room on this device; what is not there is left to the template, the room and the backend. */
export interface Generation {
  /** The handle of the model that is asked with every message which names no other. */
  model: string | null;
  options: Readonly<Partial<Record<OptionName, number>>>;
}

export const DEFAULT_GENERATION: Generation = { model: null, options: {} };

/** What the server takes; `step` is that of the slider or the arrow keys. */
export const OPTION_BOUNDS: Record<OptionName, { min: number; max: number; step: number }> = {
  temperature: { min: 0, max: 2, step: 0.1 },
  max_tokens: { min: 1, max: 131_072, step: 1 },
  top_p: { min: 0.01, max: 1, step: 0.01 },
  frequency_penalty: { min: -2, max: 2, step: 0.1 },
  presence_penalty: { min: -2, max: 2, step: 0.1 },
};

const OPTION_WORDS: Record<OptionName, string> = {
  temperature: "temperature", max_tokens: "max tokens", top_p: "top p", frequency_penalty: "frequency penalty", presence_penalty: "presence penalty",
};

const memory = kept<Generation>("generation");
const store = createStore<Readonly<Record<string, Generation>>>({});
const place = (user: string, room: string): string => `${user} ${room}`;

export function isDefault({ model, options }: Generation): boolean {
  return model === null && OPTION_NAMES.every((name) => options[name] === undefined);
}

/** True for what the server would take. */
export function fits(name: OptionName, value: number): boolean {
  const { min, max } = OPTION_BOUNDS[name];
  return value >= min && value <= max && (name !== "max_tokens" || Number.isInteger(value));
}

/** What is not as usual, in words: "llama3", "temperature 0.2". */
export function generationWords({ model, options }: Generation, models: readonly ModelInfo[]): string[] {
  const known = models.find((info) => info.handle === model);
  const set = OPTION_NAMES.filter((name) => options[name] !== undefined).map((name) => `${OPTION_WORDS[name]} ${options[name]?.toLocaleString()}`);
  return [...(model === null ? [] : [known ? shortHandle(known, models) : model]), ...set];
}

/** The options as they are sent; none where all are the usual ones. */
export function sentOptions({ options }: Generation): GenerationOptions | null {
  return Object.keys(options).length === 0 ? null : options;
}

export const generation = {
  subscribe: store.subscribe,

  read(user: string, room: string): Generation {
    const found = store.get()[place(user, room)];
    if (found) return found;
    const read = { ...DEFAULT_GENERATION, ...memory.read(user, room) };
    store.update((all) => ({ ...all, [place(user, room)]: read }));
    return read;
  },

  write(user: string, room: string, value: Generation): void {
    memory.write(user, room, isDefault(value) ? null : value);
    store.update((all) => ({ ...all, [place(user, room)]: value }));
  },
};
