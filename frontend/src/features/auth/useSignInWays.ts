import { useEffect, useState } from "react";
import type { SignInWays } from "@/protocol/types";
import { signIns } from "@/state/signIns";

const PASSWORDS: SignInWays = { passwords: true, provider: null };

/** How one may sign in; until the server has said so, by password. */
export function useSignInWays(): SignInWays {
  const [ways, setWays] = useState(PASSWORDS);
  useEffect(() => {
    let isOver = false;
    signIns.ways().then((found) => { if (!isOver) setWays(found); }, () => undefined);
    return () => { isOver = true; };
  }, []);
  return ways;
}
