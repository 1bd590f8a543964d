import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  children: ReactNode;
  isSmall?: boolean;
  tipSide?: "top" | "bottom";
  tipAlign?: "center" | "end";
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is only an icon; its label is read aloud and shown on hover. */
export function IconButton({ label, children, isSmall = false, tipSide = "top", tipAlign = "center", className = "", ...rest }: Props) {
  return (
    <button
      type="button" aria-label={label} data-tip={label} data-tip-side={tipSide} data-tip-align={tipAlign}
      className={`icon-btn ${isSmall ? "small" : ""} ${className}`} {...rest}
    >
      {children}
    </button>
  );
}
