// The console's entry: styles, the kept answers, the pages.
import "./style/mantine.css";
import "./style/tokens.css";
import "./style/base.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { attentionQuery, clustersQuery, queryClient, sessionQuery, whenRefused } from "./api/query";
import { router } from "./router";
import { schemeKept } from "./scheme";
import { theme } from "./theme";

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no element with the id root");

if (!["/sign-in", "/setup"].includes(location.pathname)) {
  // All these answers are needed by the first page: asked for at once, not one after the other.
  void queryClient.prefetchQuery(sessionQuery);
  if (location.pathname === "/") {
    void queryClient.prefetchQuery(clustersQuery);
    void queryClient.prefetchQuery(attentionQuery);
  }
}
whenRefused(() => {
  const { href, pathname } = router.state.location;
  if (pathname === "/sign-in" || pathname === "/setup") return;
  queryClient.removeQueries({ queryKey: ["session"] });
  void router.navigate({ to: "/sign-in", search: { next: href } });
});

createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={schemeKept}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
