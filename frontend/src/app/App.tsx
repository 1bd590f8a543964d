import { AuthScreen } from "@/features/auth/AuthScreen";
import { OwnPasswordScreen } from "@/features/auth/OwnPasswordScreen";
import { useAppState } from "@/state/useAppState";
import { ErrorBoundary } from "@/ui/ErrorBoundary";
import { LiveRegion } from "@/ui/LiveRegion";
import { Toasts } from "@/ui/Toasts";
import { Broken } from "./Broken";
import { Splash } from "./Splash";
import { Workspace } from "./Workspace";

function Screen() {
  const phase = useAppState((state) => state.session.phase);
  const isSetUp = useAppState((state) => state.isSetUp);
  if (phase === "signed-out") return <AuthScreen />;
  if (phase === "locked") return <OwnPasswordScreen />;
  return phase === "signed-in" && isSetUp ? <Workspace /> : <Splash />;
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
