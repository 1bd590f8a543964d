import { createContext } from "react";

interface Handles {
  /** Lower-case handles of all people and models that can be mentioned here. */
  all: ReadonlySet<string>;
  mine: string;
}

export const HandlesContext = createContext<Handles>({ all: new Set(), mine: "" });
