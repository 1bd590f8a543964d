import { createContext } from "react";

interface Handles {
  /** Lower-case handles of all people and models that can be mentioned here. */
  all: ReadonlySet<string>;
  mine: string;
  /** The names of the rooms that this person may see, by their slugs. */
  rooms: ReadonlyMap<string, string>;
}

export const HandlesContext = createContext<Handles>({ all: new Set(), mine: "", rooms: new Map() });
