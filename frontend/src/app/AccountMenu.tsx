import * as Menu from "@radix-ui/react-dropdown-menu";
import { Check, ChevronsUpDown, CornerDownLeft, Keyboard, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { type ReactNode, useState } from "react";
import { theme, type Theme } from "@/lib/theme";
import { composerSetting } from "@/state/composerSetting";
import { session } from "@/state/session";
import { useEnterSends } from "@/state/useEnterSends";

const THEMES = [
  { value: "system", label: "Like the system", Icon: Monitor },
  { value: "light", label: "Light", Icon: Sun },
  { value: "dark", label: "Dark", Icon: Moon },
] as const;

export default function AccountMenu({ face, onShortcuts }: { face: ReactNode; onShortcuts: () => void }) {
  const [chosen, setChosen] = useState<Theme>(theme.get);
  const enterSends = useEnterSends();
  function choose(value: string) {
    theme.set(value as Theme);
    setChosen(value as Theme);
  }
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="account" data-testid="account-menu">{face}<ChevronsUpDown size={15} aria-hidden="true" className="push-end" /></Menu.Trigger>
      <Menu.Content className="menu account-menu" side="top" align="start" sideOffset={6} collisionPadding={8}>
        <Menu.Label className="menu-label">Appearance</Menu.Label>
        <Menu.RadioGroup value={chosen} onValueChange={choose}>
          {THEMES.map(({ value, label, Icon }) => (
            <Menu.RadioItem key={value} value={value} className="menu-item" data-testid={`theme-${value}`} onSelect={(event) => event.preventDefault()}>
              <Icon size={15} aria-hidden="true" />{label}<Menu.ItemIndicator className="end"><Check size={15} /></Menu.ItemIndicator>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Separator className="menu-line" />
        <Menu.CheckboxItem className="menu-item" checked={enterSends} onCheckedChange={composerSetting.set} onSelect={(event) => event.preventDefault()} data-testid="enter-sends">
          <CornerDownLeft size={15} aria-hidden="true" />Enter sends<Menu.ItemIndicator className="end"><Check size={15} /></Menu.ItemIndicator>
        </Menu.CheckboxItem>
        <Menu.Separator className="menu-line" />
        <Menu.Item className="menu-item" onSelect={onShortcuts}><Keyboard size={15} aria-hidden="true" />Keyboard shortcuts<kbd className="end">?</kbd></Menu.Item>
        <Menu.Item className="menu-item" data-testid="sign-out" onSelect={() => void session.signOut()}><LogOut size={15} aria-hidden="true" />Sign out</Menu.Item>
      </Menu.Content>
    </Menu.Root>
  );
}
