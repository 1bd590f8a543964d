import { useModelChoices } from "@/state/useModelChoices";
import { SelectField } from "@/ui/SelectField";
import { TextField } from "@/ui/TextField";
import type { Draft } from "./draft";

interface Props {
  draft: Draft;
  onChange: (changes: Partial<Draft>) => void;
}

function ModelPicker({ draft, onChange }: Props) {
  const options = useModelChoices(draft.model, { value: "", label: "The room’s" });
  return <SelectField label="Model" options={options} data-testid="template-model" value={draft.model} onChange={(event) => onChange({ model: event.target.value })} />;
}

/** What most templates leave as it is; whoever asks may choose otherwise. */
export function MoreFields({ draft, onChange }: Props) {
  return (
    <details className="template-more">
      <summary data-testid="template-more">Model, settings, kind</summary>
      <div className="template-pair">
        <ModelPicker draft={draft} onChange={onChange} />
        <TextField label="Temperature" inputMode="decimal" placeholder="default" autoComplete="off" data-testid="template-temperature" value={draft.temperature} onChange={(event) => onChange({ temperature: event.target.value })} />
        <TextField label="Max tokens" inputMode="numeric" placeholder="default" autoComplete="off" value={draft.maxTokens} onChange={(event) => onChange({ maxTokens: event.target.value })} />
      </div>
      <div className="template-pair">
        <TextField label="Kind" hint="What programs ask for, as in parsing_analysis." maxLength={40} autoComplete="off" spellCheck={false} data-testid="template-kind" value={draft.kind} onChange={(event) => onChange({ kind: event.target.value.toLowerCase().replace(/[\s-]/g, "_") })} />
        <TextField label="Subject" hint="What it is about, if only that." maxLength={100} autoComplete="off" value={draft.domain} onChange={(event) => onChange({ domain: event.target.value })} />
      </div>
    </details>
  );
}
