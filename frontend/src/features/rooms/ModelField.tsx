import { useId } from "react";
import { shortHandle } from "@/state/shortHandle";
import { useAppState } from "@/state/useAppState";

/** Which model answers where nobody names one; the empty value leaves it to the server. */
export function ModelField({ chosen }: { chosen: string }) {
  const id = useId();
  const models = useAppState((state) => state.models);
  const isGone = chosen !== "" && !models.some((model) => model.handle === chosen);
  return (
    <div className="field">
      <label htmlFor={id}>Model of this room</label>
      <select id={id} name="model" defaultValue={chosen} data-testid="room-model">
        <option value="">The server’s default</option>
        {isGone ? <option value={chosen}>{chosen} (not there now)</option> : null}
        {models.map((model) => <option key={model.id} value={model.handle}>{shortHandle(model, models)} · {model.backend}</option>)}
      </select>
      <span className="hint">It answers where nobody names another one.</span>
    </div>
  );
}
