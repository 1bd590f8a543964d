import { AdminPage } from "@/features/admin/AdminPage";
import { ServerAgents } from "@/features/agents/ServerAgents";
import { ConnectionBanner } from "@/features/connection/ConnectionBanner";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { goTo, usePath } from "./address";

/** `/admin` and what is below it, for admins of the server. The server asks again for each thing that is shown. */
export default function AdminScreen() {
  const isAdmin = useAppState((state) => state.session.user?.role === "admin");
  const part = usePath().split("/")[2] ?? "";
  if (!isAdmin) {
    return (
      <main className="splash" data-testid="not-admin">
        <p>This page is for admins of the server. If you need something here, ask one.</p>
        <Button look="primary" onClick={() => goTo("/")}>Back to the rooms</Button>
      </main>
    );
  }
  return <AdminPage part={part} banner={<ConnectionBanner />} agents={<ServerAgents />} onOpen={goTo} />;
}
