import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { TextField } from "./TextField";

/** A field for a password, which can be shown to whoever types it. */
export function PasswordField(props: Omit<ComponentProps<typeof TextField>, "type" | "button" | "maxLength">) {
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <TextField
      {...props} type={isShown ? "text" : "password"} maxLength={256}
      button={<button type="button" className="icon-btn" aria-label={isShown ? "Hide password" : "Show password"} onClick={() => setShown(!isShown)}><Icon size={17} /></button>}
    />
  );
}
