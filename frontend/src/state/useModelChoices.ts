import { shortHandle } from "./shortHandle";
import { useAppState } from "./useAppState";

interface Choice {
  value: string;
  label: string;
}

/** All models by their handles after `none`, which names no one of them; the chosen one even where it is away. */
export function useModelChoices(chosen: string, none: Choice): Choice[] {
  const models = useAppState((state) => state.models);
  const known = models.map((model) => ({ value: model.handle, label: `${shortHandle(model, models)} · ${model.backend}` }));
  const isGone = ![none, ...known].some(({ value }) => value === chosen);
  return [none, ...(isGone ? [{ value: chosen, label: `${chosen} (not there now)` }] : []), ...known];
}
