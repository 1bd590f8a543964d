import { Suspense } from "react";
import { AuthScreen } from "@/features/auth/AuthScreen";
import { OwnPasswordScreen } from "@/features/auth/OwnPasswordScreen";
import { useAppState } from "@/state/useAppState";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { lazily } from "@/ui/lazily";
import { LiveRegion } from "@/ui/LiveRegion";
import { Toasts } from "@/ui/Toasts";
import { isAdminPath, usePath } from "./address";
import { Broken } from "./Broken";
import { Splash } from "./Splash";
import { Workspace } from "./Workspace";

const AdminScreen = lazily(() => import("./AdminScreen"));

function Screen() {
  const phase = useAppState((state) => state.session.phase);
  const isSetUp = useAppState((state) => state.isSetUp);
  const path = usePath();
  if (phase === "signed-out") return <AuthScreen />;
  if (phase === "locked") return <OwnPasswordScreen />;
  if (phase !== "signed-in" || !isSetUp) return <Splash />;
  return isAdminPath(path) ? <Suspense fallback={<Splash />}><AdminScreen /></Suspense> : <Workspace />;
}

export function App() {
  return (
    <ErrorBoundary fallback={<Broken />}>
      <Screen />
      <LiveRegion />
      <Toasts />
    </ErrorBoundary>
  );
}
