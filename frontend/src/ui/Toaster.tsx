import { useEffect } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { onNotice } from "@/lib/notify";

/** Draws the toasts. Loaded with the first of them. */
export default function Toaster() {
  useEffect(() => onNotice(({ kind, text }) => toast[kind](<span data-testid="toast">{text}</span>)), []);
  return <Sonner position="top-center" offset={68} mobileOffset={{ top: 66 }} toastOptions={{ className: "toast" }} />;
}
