import { lazy, Suspense, useEffect, useState } from "react";
import { onFirstNotice } from "@/lib/notify";

const Toaster = lazy(() => import("./Toaster"));

export function Toasts() {
  const [isNeeded, setNeeded] = useState(false);
  useEffect(() => onFirstNotice(() => setNeeded(true)), []);
  return isNeeded ? <Suspense><Toaster /></Suspense> : null;
}
