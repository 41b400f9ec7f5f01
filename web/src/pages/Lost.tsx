// When the hub cannot be asked who is signed in: nothing can be shown but that.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { asProblem } from "../api/problem";
import { Trouble } from "../ui/Trouble";
import classes from "./Plain.module.css";

const RETRY_MS = 5000;

export function Lost({ error }: { error: unknown }) {
  const router = useRouter();
  const unreachable = asProblem(error).status === 0 || asProblem(error).status >= 500;
  useEffect(() => {
    if (!unreachable) return;
    const timer = setInterval(() => void router.invalidate(), RETRY_MS);
    return () => clearInterval(timer);
  }, [router, unreachable]);
  return (
    <main className={classes.plain}>
      <h1>The console cannot be shown now</h1>
      <Trouble what="" error={error} retry={() => void router.invalidate()} />
      <p className="quiet">Clusters go on observing without the hub. This page tries again every five seconds.</p>
    </main>
  );
}
