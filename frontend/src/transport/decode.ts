import { EVENT_MODELS, SHAPES } from "@/protocol/shapes";
import type { ServerEvents } from "@/protocol/types";

/** What came over the wire is not what the schema says; `path` names the first field that is wrong. */
export class DecodeError extends Error {
  constructor(path: string, expected: string) {
    super(`${path}: expected ${expected}`);
  }
}

type Decode = (value: unknown, argument: unknown, path: string) => unknown;

const COMPOUND: Record<string, Decode> = {
  ref: (value, name, path) => decodeModel(String(name), value, path),
  maybe: (value, shape, path) => (value === null ? null : decodeShape(shape, value, path)),
  one: (value, values, path) => {
    if ((values as unknown[]).includes(value)) return value;
    throw new DecodeError(path, `one of ${JSON.stringify(values)}`);
  },
  list: (value, shape, path) => {
    if (!Array.isArray(value)) throw new DecodeError(path, "a list");
    return value.map((item, index) => decodeShape(shape, item, `${path}[${index}]`));
  },
  map: (value, shape, path) => {
    if (!isRecord(value)) throw new DecodeError(path, "an object");
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeShape(shape, item, `${path}.${key}`)]));
  },
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeShape(shape: unknown, value: unknown, path: string): unknown {
  if (Array.isArray(shape)) return COMPOUND[String(shape[0])]?.(value, shape[1], path);
  if (shape === "any") return value;
  const fits = shape === "integer" ? Number.isInteger(value) : typeof value === shape;
  if (!fits) throw new DecodeError(path, String(shape));
  return value;
}

function decodeModel(name: string, value: unknown, path: string): unknown {
  if (!isRecord(value)) throw new DecodeError(path, name);
  const result: Record<string, unknown> = {};
  for (const field of SHAPES[name] ?? []) {
    const [key, shape, fallback] = field as [string, unknown, unknown];
    const given = value[key];
    if (given === undefined && field.length === 3) result[key] = fallback;
    else result[key] = decodeShape(shape, given, `${path}.${key}`);
  }
  return result;
}

/** The payload of a server event, its defaults filled in and unknown fields dropped; throws `DecodeError`. */
export function decodeEvent<E extends keyof ServerEvents>(event: E, payload: unknown): ServerEvents[E] {
  return decodeModel(EVENT_MODELS[event], payload, event) as ServerEvents[E];
}

/** An answer by the name of its model, e.g. `decodeAnswer<JoinAnswer>("JoinAnswer", ack)`. */
export function decodeAnswer<T>(model: string, payload: unknown): T {
  return decodeModel(model, payload, model) as T;
}

export const SERVER_EVENT_NAMES = Object.keys(EVENT_MODELS) as (keyof ServerEvents)[];
