import * as Menu from "@radix-ui/react-dropdown-menu";
import { ChevronsUpDown, Keyboard, LogOut, UserCog } from "lucide-react";
import type { ReactNode } from "react";
import { session } from "@/state/session";

interface Props {
  face: ReactNode;
  onAccount: () => void;
  onShortcuts: () => void;
}

export default function AccountMenu({ face, onAccount, onShortcuts }: Props) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="account" data-testid="account-menu">{face}<ChevronsUpDown size={15} aria-hidden="true" className="push-end" /></Menu.Trigger>
      <Menu.Content className="menu account-menu" side="top" align="start" sideOffset={6} collisionPadding={8}>
        <Menu.Item className="menu-item" data-testid="open-account" onSelect={onAccount}><UserCog size={15} aria-hidden="true" />Account and appearance</Menu.Item>
        <Menu.Item className="menu-item" onSelect={onShortcuts}><Keyboard size={15} aria-hidden="true" />Keyboard shortcuts<kbd className="end">?</kbd></Menu.Item>
        <Menu.Separator className="menu-line" />
        <Menu.Item className="menu-item" data-testid="sign-out" onSelect={() => void session.signOut()}><LogOut size={15} aria-hidden="true" />Sign out</Menu.Item>
      </Menu.Content>
    </Menu.Root>
  );
}
