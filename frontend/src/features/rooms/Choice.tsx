interface Props {
  legend: string;
  name: string;
  /** The test id of each choice is this, a dash and its value. */
  testId: string;
  options: readonly { value: string; label: string; hint: string }[];
  chosen?: string;
  onChoose?: (value: string) => void;
}

/** One of a few, each with a line on what it means; read from the form by `name`. */
export function Choice({ legend, name, testId, options, chosen = options[0]?.value, onChoose }: Props) {
  return (
    <fieldset className="kinds">
      <legend>{legend}</legend>
      {options.map(({ value, label, hint }) => (
        <label key={value}>
          <input type="radio" name={name} value={value} defaultChecked={value === chosen} data-testid={`${testId}-${value}`} onChange={() => onChoose?.(value)} />
          <span><b>{label}</b><span>{hint}</span></span>
        </label>
      ))}
    </fieldset>
  );
}
