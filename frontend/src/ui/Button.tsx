import type { ButtonHTMLAttributes } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "plain" | "primary" | "danger" | "quiet";
  isSmall?: boolean;
}

export function Button({ look = "plain", isSmall = false, className = "", type = "button", ...rest }: Props) {
  return <button type={type} className={`btn ${look} ${isSmall ? "small" : ""} ${className}`} {...rest} />;
}
