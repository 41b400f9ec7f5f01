// The keys that hold on every page; never inside a field, and none destroys.
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useRef } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { openCommands } from "./commandStore";
import { PLACES } from "./places";

const SEQUENCE_MS = 1500;

export function useKeys({ showKeys }: { showKeys: () => void }) {
  const navigate = useNavigate();
  const router = useRouter();
  const goSince = useRef(0);
  useHotkeys("mod+k", () => openCommands(), { preventDefault: true, enableOnFormTags: true });
  useHotkeys("?", showKeys, { useKey: true });
  useHotkeys("c", () => void navigator.clipboard.writeText(location.href).catch(() => undefined), {
    ignoreModifiers: false,
  });
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
