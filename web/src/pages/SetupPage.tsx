// First set-up by the one-time link: makes the first administrator.
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { SetupForm } from "../forms/SetupForm";
import { useTitle } from "../ui/useTitle";
import { Door } from "./Door";

export function SetupPage() {
  // The token is in the fragment, which never reaches a server's log.
  const [token] = useState(() => location.hash.slice(1));
  const navigate = useNavigate();
  const queries = useQueryClient();
  useTitle("Set-up");
  if (token === "") {
    return (
      <Door
        title="This link is not complete"
        lead="The hub prints the whole link at its first start; its last part is the one-time token."
      >
        <Link to="/sign-in" search={{}} className="link">
          Sign in instead
        </Link>
      </Door>
    );
  }
  return (
    <Door title="Set up Flagstaff" lead="You become its first administrator. The link works once.">
      <SetupForm
        token={token}
        done={(session) => {
          queries.clear();
          queries.setQueryData(["session"], session);
          void navigate({ to: "/", replace: true });
        }}
      />
    </Door>
  );
}
