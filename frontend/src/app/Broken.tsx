import { Button } from "@/ui/Button";

export function Broken() {
  return (
    <main className="splash" role="alert">
      <p>Something went wrong on this page. What you wrote is kept.</p>
      <Button look="primary" onClick={() => location.reload()}>Reload</Button>
    </main>
  );
}
