// The instants of the chosen range; a range up to now moves on by itself.
import { useEffect, useMemo, useState } from "react";
import type { Range } from "../ui/range";
import { spanOf } from "./interval";

const BEAT = 30_000;

export function useSpan(range: Range) {
  const [now, setNow] = useState(() => Date.now());
  const isLive = range.to === undefined;
  useEffect(() => {
    if (!isLive) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), BEAT);
    return () => clearInterval(timer);
  }, [isLive]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a range is told by its key
  const span = useMemo(() => spanOf(range, now / 1000), [range.key, now]);
  return { span, isLive };
}
