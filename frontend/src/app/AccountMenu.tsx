import * as Menu from "@radix-ui/react-dropdown-menu";
import { ChevronsUpDown, Keyboard, LogOut, ShieldCheck, UserCog } from "lucide-react";
import type { ReactNode } from "react";
import { session } from "@/state/session";
import { useAppState } from "@/state/useAppState";
import { goTo } from "./address";

interface Props {
  face: ReactNode;
  onAccount: () => void;
  onShortcuts: () => void;
}

export default function AccountMenu({ face, onAccount, onShortcuts }: Props) {
  const isAdmin = useAppState((state) => state.session.user?.role === "admin");
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="account" data-testid="account-menu">{face}<ChevronsUpDown size={15} aria-hidden="true" className="push-end" /></Menu.Trigger>
      <Menu.Content className="menu account-menu" side="top" align="start" sideOffset={6} collisionPadding={8}>
        <Menu.Item className="menu-item" data-testid="open-account" onSelect={onAccount}><UserCog size={15} aria-hidden="true" />Your account</Menu.Item>
        <Menu.Item className="menu-item" onSelect={onShortcuts}><Keyboard size={15} aria-hidden="true" />Keyboard shortcuts<kbd className="end">?</kbd></Menu.Item>
        {isAdmin ? <Menu.Item className="menu-item" data-testid="open-admin" onSelect={() => goTo("/admin/people")}><ShieldCheck size={15} aria-hidden="true" />Admin</Menu.Item> : null}
        <Menu.Separator className="menu-line" />
        <Menu.Item className="menu-item" data-testid="sign-out" onSelect={() => void session.signOut()}><LogOut size={15} aria-hidden="true" />Sign out</Menu.Item>
      </Menu.Content>
    </Menu.Root>
  );
}
