// The keys that hold on every page; never inside a field, and none destroys.
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useRef } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { absoluteRange, readRange } from "../range";
import { openCommands } from "./commandStore";
import { PLACES } from "./places";

const SEQUENCE_MS = 1500;

/** Copies the address of what is shown; a range up to now becomes two instants, so that the link shows the same tomorrow. */
async function copyLink() {
  const address = new URL(location.href);
  if (address.pathname.startsWith("/cluster/")) {
    const range = readRange(address.searchParams.get("range") ?? undefined);
    address.searchParams.set("range", absoluteRange(range, Date.now() / 1000));
  }
  // The browser may refuse; the address bar has the link too.
  await navigator.clipboard?.writeText(address.href).catch(() => undefined);
}

export function useKeys({ showKeys }: { showKeys: () => void }) {
  const navigate = useNavigate();
  const router = useRouter();
  const goSince = useRef(0);
  useHotkeys("mod+k", () => openCommands(), { preventDefault: true, enableOnFormTags: true });
  useHotkeys("?", showKeys, { useKey: true });
  useHotkeys("c", () => void copyLink());
  useHotkeys("g", () => {
    goSince.current = Date.now();
  });
  useHotkeys(PLACES.map((place) => place.key).join(","), (event) => {
    if (Date.now() - goSince.current > SEQUENCE_MS) return;
    goSince.current = 0;
    const place = PLACES.find((one) => one.key === event.key);
    if (place) void navigate({ to: place.to });
  });
  useHotkeys("escape", () => {
    if (document.querySelector("[role=dialog],[role=menu]") || router.state.location.pathname === "/") return;
    router.history.back();
  });
}
