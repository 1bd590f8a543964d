import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { theme, type Theme } from "@/lib/theme";
import { composerSetting } from "@/state/composerSetting";
import { useEnterSends } from "@/state/useEnterSends";
import { NoticeSwitch } from "./NoticeSwitch";

const THEMES: readonly { value: Theme; label: string; Icon: typeof Sun }[] = [
  { value: "system", label: "Like the system", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
];

/** How it looks and what Enter does, in this browser. */
export function AppearancePart() {
  const [chosen, setChosen] = useState<Theme>(theme.get);
  const enterSends = useEnterSends();
  function choose(value: Theme) {
    theme.set(value);
    setChosen(value);
  }
  return (
    <>
      <fieldset className="themes">
        <legend>Colours</legend>
        {THEMES.map(({ value, label, Icon }) => (
          <label key={value}>
            <input type="radio" name="theme" value={value} checked={chosen === value} data-testid={`theme-${value}`} onChange={() => choose(value)} />
            <Icon size={18} aria-hidden="true" />{label}
          </label>
        ))}
      </fieldset>
      <label className="switch">
        <input type="checkbox" checked={enterSends} data-testid="enter-sends" onChange={(event) => composerSetting.set(event.target.checked)} />
        <span><b>Enter sends</b><span>{enterSends ? "Shift and Enter begin a new line." : "Enter begins a new line, Shift and Enter or Ctrl and Enter send."}</span></span>
      </label>
      <NoticeSwitch />
      <p className="intro">These are kept in this browser.</p>
    </>
  );
}
