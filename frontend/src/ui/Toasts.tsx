import { Suspense, useEffect, useState } from "react";
import { onFirstNotice } from "@/lib/notify";
import { lazily } from "./lazily";

const Toaster = lazily(() => import("./Toaster"));

export function Toasts() {
  const [isNeeded, setNeeded] = useState(false);
  useEffect(() => onFirstNotice(() => setNeeded(true)), []);
  return isNeeded ? <Suspense><Toaster /></Suspense> : null;
}
