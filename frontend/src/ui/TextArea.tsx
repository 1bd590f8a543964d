import { type Ref, type TextareaHTMLAttributes, useId } from "react";

interface Props extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {
  label: string;
  hint: string;
  error: string | null;
  ref?: Ref<HTMLTextAreaElement>;
}

/** A labelled field for several lines; its hint and what is wrong with it are tied to it for screen readers. */
export function TextArea({ label, hint, error, ...rest }: Props) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea id={id} aria-describedby={`${id}-about`} {...(error ? { "aria-invalid": true } : {})} {...rest} />
      <span id={`${id}-about`} className={error ? "error" : "hint"} {...(error ? { role: "alert" } : {})}>{error ?? hint}</span>
    </div>
  );
}
