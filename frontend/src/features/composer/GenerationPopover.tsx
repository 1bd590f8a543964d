import * as Popover from "@radix-ui/react-popover";
import { type ComponentProps, useId, useState } from "react";
import { omit } from "@/lib/omit";
import { DEFAULT_GENERATION, fits, type Generation, isDefault, OPTION_BOUNDS, OPTION_NAMES, type OptionName } from "@/state/generation";
import { useModelChoices } from "@/state/useModelChoices";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { SelectField } from "@/ui/SelectField";

interface Words {
  label: string;
  hint: string;
  /** Where the slider stands while nothing is chosen; no slider without it. */
  middle: number | null;
}

const WORDS: Record<OptionName, Words> = {
  temperature: { label: "Temperature", hint: "Low is exact, high is inventive.", middle: 0.8 },
  max_tokens: { label: "Max tokens", hint: "Where an answer is cut off.", middle: null },
  top_p: { label: "Top p", hint: "Lower leaves out unlikely words.", middle: 0.9 },
  frequency_penalty: { label: "Frequency penalty", hint: "Higher repeats words less.", middle: 0 },
  presence_penalty: { label: "Presence penalty", hint: "Higher goes on to new things.", middle: 0 },
};

function OptionField({ name, value, onChange }: { name: OptionName; value: number | undefined; onChange: (value: number | undefined) => void }) {
  const id = useId();
  const { label, hint, middle } = WORDS[name];
  const { min, max, step } = OPTION_BOUNDS[name];
  const [typed, setTyped] = useState(value === undefined ? "" : String(value));
  const isWrong = typed.trim() !== "" && !fits(name, Number(typed));
  function take(text: string) {
    setTyped(text);
    if (text.trim() === "") onChange(undefined);
    else if (fits(name, Number(text))) onChange(Number(text));
  }
  return (
    <div className="option-field">
      <label htmlFor={id}>{label}</label>
      {middle === null ? <span /> : (
        <input
          type="range" aria-label={`${label}, slider`} min={min} max={max} step={step} value={value ?? middle} data-set={value !== undefined}
          aria-valuetext={value === undefined ? "default" : String(value)} onChange={(event) => take(event.target.value)}
        />
      )}
      <input
        id={id} type="text" inputMode="decimal" placeholder="default" autoComplete="off" value={typed} data-testid={`option-${name}`} aria-describedby={`${id}-hint`}
        {...(isWrong ? { "aria-invalid": true } : {})} onChange={(event) => take(event.target.value)}
      />
      <span className={isWrong ? "error" : "hint"} id={`${id}-hint`} {...(isWrong ? { role: "alert" } : {})}>
        {isWrong ? `${name === "max_tokens" ? "A whole number from" : "From"} ${min.toLocaleString()} to ${max.toLocaleString()}.` : hint}
      </span>
    </div>
  );
}

function ModelPicker({ chosen, onChange }: { chosen: string | null; onChange: (model: string | null) => void }) {
  const options = useModelChoices(chosen ?? "", { value: "", label: "As the room does" });
  const hint = chosen === null ? "Whoever is mentioned answers, else the room’s model if it answers everything." : "Answers every message of yours that mentions no other model.";
  return <SelectField label="Model" hint={hint} options={options} value={chosen ?? ""} data-testid="generation-model" onChange={(event) => onChange(event.target.value || null)} />;
}

interface Props {
  button: ComponentProps<typeof IconButton>;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  value: Generation;
  onChange: (value: Generation) => void;
}

/** Which model is asked from this room and how; remembered here for this room. */
export default function GenerationPopover({ button, isOpen, onOpen, value, onChange }: Props) {
  const [resets, setResets] = useState(0);
  const set = (name: OptionName) => (option: number | undefined) => {
    const others = omit(value.options, name);
    onChange({ ...value, options: option === undefined ? others : { ...others, [name]: option } });
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={onOpen}>
      <Popover.Trigger asChild><IconButton {...button} data-testid="generation" data-changed={!isDefault(value)} /></Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover generation" side="top" align="start" sideOffset={8} collisionPadding={12} aria-label="Model and settings" data-testid="generation-form">
          <ModelPicker chosen={value.model} onChange={(model) => onChange({ ...value, model })} />
          {OPTION_NAMES.map((name) => <OptionField key={`${name}-${resets}`} name={name} value={value.options[name]} onChange={set(name)} />)}
          <footer>
            <span className="hint">For your messages in this room, on this device.</span>
            <Button isSmall disabled={isDefault(value)} data-testid="generation-reset" onClick={() => { onChange(DEFAULT_GENERATION); setResets(resets + 1); }}>Reset</Button>
          </footer>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
