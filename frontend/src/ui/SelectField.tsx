import { type SelectHTMLAttributes, useId } from "react";

export interface Option {
  value: string;
  label: string;
}

interface Props extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "id"> {
  label: string;
  options: readonly Option[];
  hint?: string;
}

/** A labelled list to choose one from. */
export function SelectField({ label, options, hint, ...rest }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} {...(hint ? { "aria-describedby": `${id}-hint` } : {})} {...rest}>
        {options.map(({ value, label: words }) => <option key={value} value={value}>{words}</option>)}
      </select>
      {hint ? <span className="hint" id={`${id}-hint`}>{hint}</span> : null}
    </div>
  );
}
