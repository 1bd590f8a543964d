import { Suspense, useCallback, useEffect, useRef, useState } from "react";
import type { ComposerHandle } from "@/features/composer/Composer";
import { ConnectionBanner } from "@/features/connection/ConnectionBanner";
import { NoticePrompt } from "@/features/notices/NoticePrompt";
import { Sidebar } from "@/features/rooms/Sidebar";
import { notify } from "@/lib/notify";
import type { Room, SearchHit } from "@/protocol/types";
import { history } from "@/state/history";
import { roomStore } from "@/state/roomStore";
import { signIns } from "@/state/signIns";
import { useAppState } from "@/state/useAppState";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { lazily } from "@/ui/lazily";
import { Pane } from "@/ui/Pane";
import "./app.css";
import { AccountBar } from "./AccountBar";
import { CloseDrawer } from "./CloseDrawer";
import { DialogFailed } from "./DialogFailed";
import type { DialogName } from "./dialogName";
import { RoomPane } from "./RoomPane";
import { SidePanel } from "./SidePanel";
import { useMedia } from "./useMedia";
import { useRoomRoute } from "./useRoomRoute";
import { useShortcuts } from "./useShortcuts";
import { useTitle } from "./useTitle";

const Dialogs = lazily(() => import("./Dialogs"));

/** The screen of someone who is signed in: rooms, the open room, and who and what is in it. */
export function Workspace() {
  const active = useAppState((state) => state.activeRoom);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [panelChoice, setPanelChoice] = useState<boolean | null>(() => (location.search.includes("panel=models") ? true : null));
  const isNarrow = useMedia("(max-width: 720px)");
  const isWide = useMedia("(min-width: 1100px)");
  const isPanelOpen = panelChoice ?? isWide;
  const composer = useRef<ComposerHandle>(null);
  const go = useRoomRoute();
  useTitle();
  useEffect(() => {
    const problem = signIns.takeProblem();
    if (problem) notify("error", problem);
  }, []);

  const open = useCallback((room: Room) => {
    setDialog(null);
    setDrawerOpen(false);
    go(room);
  }, [go]);
  const show = (hit: SearchHit) => {
    const room = roomStore.get().rooms[hit.room];
    if (!room) return;
    open(room);
    void (room.id === active ? history.showMessage : history.openAt)(room.id, hit.id);
  };
  const closePanel = () => setPanelChoice(false);
  useShortcuts({
    onJump: () => setDialog("jump"),
    onSearch: () => setDialog("search"),
    onHelp: () => setDialog("shortcuts"),
    onOpen: open,
    onEscape: () => {
      setDrawerOpen(false);
      if (!isWide && isPanelOpen) closePanel();
    },
  });

  return (
    <div className="workspace" data-panel={isPanelOpen} data-drawer={isDrawerOpen} data-testid="workspace">
      <a className="skip" href="#composer" onClick={(event) => { event.preventDefault(); composer.current?.focus(); }}>Skip to the message field</a>
      <aside className="left" aria-label="Rooms and account" inert={isNarrow && !isDrawerOpen}>
        <Pane name="The list of rooms"><Sidebar
          onOpen={open} onCreate={() => setDialog("create")} onBrowse={() => setDialog("browse")} onJump={() => setDialog("jump")} onDirect={() => setDialog("direct")}
          footer={<AccountBar onAccount={() => setDialog("account")} onShortcuts={() => setDialog("shortcuts")} />}
          close={isNarrow ? <CloseDrawer onClose={() => setDrawerOpen(false)} /> : null}
        /></Pane>
      </aside>
      {isNarrow && isDrawerOpen ? <div className="veil" aria-hidden="true" onClick={() => setDrawerOpen(false)} /> : null}
      <main className="middle" inert={isNarrow && isDrawerOpen}>
        <ConnectionBanner />
        <NoticePrompt />
        <Pane name="This room"><RoomPane
          composer={composer} isPanelOpen={isPanelOpen} onPanel={() => setPanelChoice(!isPanelOpen)} onDrawer={isNarrow ? () => setDrawerOpen(true) : null}
          onOpen={open} onDialog={setDialog}
        /></Pane>
      </main>
      {isPanelOpen && active ? <SidePanel roomId={active} onOpen={open} onInvite={() => setDialog("invite")} onLeave={() => setDialog("leave")} onAgents={() => setDialog("agents")} onClose={isWide ? null : closePanel} /> : null}
      {dialog ? <ErrorBoundary fallback={<DialogFailed onClose={() => setDialog(null)} />}><Suspense><Dialogs name={dialog} roomId={active} onClose={() => setDialog(null)} onLeave={() => setDialog("leave")} onOpen={open} onShow={show} /></Suspense></ErrorBoundary> : null}
    </div>
  );
}
