// The frame around every page: rail, top bar, the page, and on a phone the bottom bar.
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { follow } from "../../api/stream";
import { BottomBar } from "./BottomBar";
import classes from "./Frame.module.css";
import { Rail } from "./Rail";
import { StreamLost } from "./StreamLost";
import { TopBar } from "./TopBar";
import { useKeys } from "./useKeys";

const Commands = lazy(() => import("./Commands"));
const KeyList = lazy(() => import("./KeyList"));
const FOLDED = "flagstaff-rail-folded";

export function Frame() {
  const queries = useQueryClient();
  const page = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [folded, setFolded] = useState(() => localStorage.getItem(FOLDED) === "1");
  const [keysShown, setKeysShown] = useState(false);
  useEffect(() => follow(queries), [queries]);
  useKeys({ showKeys: () => setKeysShown(true) });
  // A new page starts at its top, and its first heading is what a screen reader is told.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what triggers it
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [path]);

  function fold() {
    localStorage.setItem(FOLDED, folded ? "0" : "1");
    setFolded(!folded);
  }

  return (
    <div className={classes.frame} data-folded={folded || undefined}>
      <button type="button" className={classes.skip} onClick={() => page.current?.focus()}>
        Skip to the page
      </button>
      <Rail folded={folded} fold={fold} />
      <div className={classes.column}>
        <TopBar showKeys={() => setKeysShown(true)} />
        <StreamLost />
        <main id="page" ref={page} tabIndex={-1} className={classes.page}>
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <Suspense>
        <Commands />
        {keysShown && <KeyList close={() => setKeysShown(false)} />}
      </Suspense>
    </div>
  );
}
