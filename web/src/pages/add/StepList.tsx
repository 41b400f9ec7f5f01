// Steps turning done; one that takes over a minute shows its likely causes, each with a check to copy.
import { useEffect, useState } from "react";
import { Copy } from "../../ui/Copy";
import { Glyph } from "../../ui/Glyph";
import classes from "./StepList.module.css";
import type { Steps } from "./steps";

const LONG_MS = 60_000;

export function StepList({ steps: { steps, since }, usable }: { steps: Steps; usable: boolean }) {
  const current = steps.findIndex(({ done }) => !done);
  const first = since === undefined ? Date.now() : Date.parse(since);
  const [turned, setTurned] = useState({ current, at: current === 0 ? first : Date.now() });
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (turned.current !== current) setTurned({ current, at: Date.now() });
    setLong(Date.now() - turned.at > LONG_MS && turned.current === current);
    const timer = setInterval(() => setLong(Date.now() - turned.at > LONG_MS), 1000);
    return () => clearInterval(timer);
  }, [current, turned]);
  return (
    <ol className={classes.steps} aria-live="polite">
      {steps.map(({ key, word, done, detail, causes, check }, at) => {
        const now = at === current && usable;
        return (
          <li key={key} className={classes.step} data-step={key} data-done={done} data-now={now}>
            <Glyph
              {...(done ? OK : now ? BUSY : OFF)}
              size={16}
              label={done ? "done" : now ? "happening" : "to come"}
            />
            <div className={classes.text}>
              <p>
                <span className={classes.word}>{word}</span>
                {detail && <span className="quiet">, {detail}</span>}
              </p>
              {now && long && (
                <div className={classes.long}>
                  <p>This takes longer than usual. Likely causes:</p>
                  <ul>
                    {causes.map((cause) => (
                      <li key={cause}>{cause}</li>
                    ))}
                  </ul>
                  <Copy text={check} label="the check" />
                </div>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

const OK = { tone: "ok", shape: "dot" } as const;
const BUSY = { tone: "busy", shape: "quarter" } as const;
const OFF = { tone: "off", shape: "ring" } as const;
